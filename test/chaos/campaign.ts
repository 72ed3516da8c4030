import type { WorldReport } from './world.ts';

/** Collects the reports of many worlds. */
export class Campaign {
  readonly failures: { readonly seed: number; readonly rule: string; readonly what: string }[] = [];
  readonly #began = performance.now();
  readonly #faults = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #sums = {
    steps: 0,
    calls: 0,
    lostCalls: 0,
    crashes: 0,
    messages: 0,
    poisoned: 0,
    storageRequests: 0,
    virtualHours: 0,
  };
  #worlds = 0;

  get worlds(): number {
    return this.#worlds;
  }

  add(report: WorldReport): void {
    this.#worlds++;
    const { seed, violation } = report;
    if (violation) this.failures.push({ seed, ...violation });
    addAll(this.#faults, report.faults);
    addAll(this.#outcomes, report.outcomes);
    this.#sums.steps += report.steps;
    this.#sums.calls += report.calls;
    this.#sums.lostCalls += report.lostCalls;
    this.#sums.crashes += report.deaths;
    this.#sums.messages += report.messages;
    this.#sums.poisoned += report.poisoned;
    this.#sums.storageRequests += report.storageRequests + report.timerRequests;
    this.#sums.virtualHours += report.virtualMs / 3_600_000;
  }

  summary(requestsForOneCall: number) {
    const seconds = (performance.now() - this.#began) / 1000;
    return {
      worlds: this.#worlds,
      'worlds per second': Math.round(this.#worlds / seconds),
      'simulated hours': Math.round(this.#sums.virtualHours),
      steps: this.#sums.steps,
      calls: this.#sums.calls,
      'calls that the app could not know of in time': this.#sums.lostCalls,
      crashes: this.#sums.crashes,
      'all faults': [...this.#faults.values()].reduce((sum, count) => sum + count, 0),
      faults: Object.fromEntries(this.#faults),
      'queue messages': this.#sums.messages,
      'poison messages': this.#sums.poisoned,
      'storage requests': this.#sums.storageRequests,
      'storage requests for one acknowledged call': requestsForOneCall,
      outcomes: Object.fromEntries(this.#outcomes),
      'broken promises': this.failures.length,
      broken: this.#broken(),
    };
  }

  /** How often each rule was broken, and by which seeds. */
  #broken(): Record<string, string> {
    const rules = [...new Set(this.failures.map(({ rule }) => rule))];
    return Object.fromEntries(
      rules.map((rule) => {
        const seeds = this.failures
          .filter((failure) => failure.rule === rule)
          .map(({ seed }) => seed)
          .sort((a, b) => a - b);
        const more = seeds.length > SHOWN ? ' …' : '';
        return [rule, `${seeds.length} (seeds ${seeds.slice(0, SHOWN).join(', ')}${more})`];
      }),
    );
  }
}

const SHOWN = 10;

function addAll(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}
