import { z } from 'zod';
import { PROBE_EVERY_MS } from '../../src/lib/rules/calls/breaker.ts';
import { readHolder } from '../../src/lib/rules/outages/line-holder.ts';
import type { Columns } from '../../src/lib/storage/table-store.ts';
import { BEGINNING } from './clock.ts';
import { resultsIn } from './counts.ts';
import type { Random } from './random.ts';
import { calmScenario, type Scenario } from './scenario.ts';
import type { RowChange, WorldTables } from './stores.ts';

/** A while in which a caller number of ours is misconfigured, and the checks of what the app makes of it. */
export type Misconfiguration = {
  readonly number: string;
  readonly from: number;
  readonly until: number;
  /** Each call from the number is refused at once, or is accepted and ends with an event. */
  readonly how: 'refused' | 'ended';
};

export const REFUSED = { status: 400, code: '8523' } as const;
/** How a call from a Teams resource account that is not assigned is refused. */
export const NOT_ASSIGNED = { status: 403, code: '7504' } as const;
export const ENDED = { code: 404, subcode: 511404, message: 'The caller number is not of this resource.' } as const;
/** The reasons of a result that would be our own fault. */
const OURS: ReadonlySet<string> = new Set([
  `refused: ${REFUSED.status} ${REFUSED.code}`,
  `refused: ${NOT_ASSIGNED.status} ${NOT_ASSIGNED.code}`,
  `refused: ${ENDED.code}/${ENDED.subcode}`,
]);

const RANDOMLY_OURS = ['refused', 'oursEnded'] as const;

const MINUTE = 60_000;
const RATE = 0.2;

/** Draws from a stream of its own, so that the worlds are otherwise as they were. */
export function withMisconfiguration(scenario: Scenario, random: Random): Scenario {
  if (!random.chance(RATE)) return scenario;
  const { settings, calmAfterMs } = scenario;
  const [first, ...others] = settings.callers;
  if (!first) return scenario;
  const from = BEGINNING + random.int(0, calmAfterMs / 2);
  const { number } = random.pick([first, ...others]);
  const until = Math.min(from + random.int(1, 30) * MINUTE, BEGINNING + calmAfterMs);
  const how = random.pick(['refused', 'ended'] as const);
  const breakerAfter = random.pick([2, 4, 10]);
  return {
    ...scenario,
    settings: { ...settings, breakerAfter },
    misconfiguration: { number, from, until, how },
  };
}

/** Forty people on two lines of a number that is misconfigured for the first half hour. */
export function misconfiguredScenario(how: Misconfiguration['how']): Scenario {
  const scenario = calmScenario(40);
  const [planned] = scenario.outages;
  const number = scenario.settings.callers[0]?.number ?? '';
  const callers = [{ number, lines: 2 }];
  const until = BEGINNING + 30 * MINUTE;
  return {
    ...scenario,
    settings: { ...scenario.settings, callers },
    outages: planned ? [{ ...planned, spec: { ...planned.spec, callers } }] : [],
    misconfiguration: { number, from: BEGINNING, until, how },
    calmAfterMs: until - BEGINNING,
  };
}

/** How the service treats a call from the number now; undefined if nothing is wrong. */
export const treatment = (
  misconfiguration: Misconfiguration | undefined,
  number: string | undefined,
  now: number,
): Misconfiguration['how'] | undefined => {
  if (!misconfiguration || misconfiguration.number !== number) return undefined;
  return misconfiguration.from <= now && now < misconfiguration.until ? misconfiguration.how : undefined;
};

/**
 * A line may still be given away this long after the timer noticed that its number rests, ms: by a run that read the rows before,
 * or from a copy of the outage that is twenty seconds old.
 */
const GRACE_MS = 3 * MINUTE;

type Rule = 'our own misconfiguration is nobody’s outcome' | 'a resting number is only probed';

type Facts = { readonly scenario: Scenario; readonly tables: WorldTables; readonly now: () => number };
type Fail = (rule: Rule, what: string) => void;

const failuresIn = (columns: Columns | undefined): number =>
  z.array(z.unknown()).parse(JSON.parse(String(columns?.['failedJson'] ?? '[]'))).length;

type Rest = {
  readonly since: number;
  /** When a tick ended that began after that and in which nothing failed. */
  tickedAt?: number;
  /** By outage: when its row first said that the number rests. */
  readonly noticed: Map<string, number>;
  probes: number;
  given: number;
};

/** Watches the rows of the numbers, their lines and the recipients. */
export class BreakerChecks {
  readonly #facts: Facts;
  readonly #fail: Fail;
  /** By number: since when it rests, its probes since, and the lines that were given to somebody since. */
  readonly #resting = new Map<string, Rest>();
  /** By number: calls in a row that were refused at once. */
  readonly #refused = new Map<string, { since: number; count: number }>();

  constructor(facts: Facts, fail: Fail) {
    this.#facts = facts;
    this.#fail = fail;
  }

  committed(change: RowChange): void {
    if (change.table === 'Recipients' && change.rowKey.startsWith('recipient|')) this.#resultsAreTheCallees(change);
    if (change.table === 'Outages') this.#outageChanged(change);
    if (change.table !== 'Lines') return;
    if (change.rowKey.startsWith('number|')) this.#numberChanged(change);
    else this.#lineChanged(change);
  }

  /** A tick of the timer has ended, and no step of it failed. */
  ticked(beganAt: number): void {
    for (const rest of this.#resting.values()) if (rest.since < beganAt) rest.tickedAt ??= this.#facts.now();
  }

  #outageChanged({ rowKey, after }: RowChange): void {
    const said = String(after?.['restingJson']);
    for (const [number, { noticed }] of this.#resting) {
      if (said.includes(number) && !noticed.has(rowKey)) noticed.set(rowKey, this.#facts.now());
    }
  }

  /** Since when whoever gives this holder a line knows that the number rests. */
  #knownSince({ since, tickedAt = Number.POSITIVE_INFINITY, noticed }: Rest, holder: string): number {
    const who = readHolder(holder);
    if (who.kind !== 'attempt') return since;
    return Math.min(tickedAt, noticed.get(`outage|${who.outageId}`) ?? Number.POSITIVE_INFINITY);
  }

  /** Where calls also fail for reasons of ours at random, others may be reached meanwhile: see outcome-checks.ts. */
  #resultsAreTheCallees({ rowKey, after }: RowChange): void {
    if (this.#isRandomlyOurs()) return;
    const ours = resultsIn(after).find(({ reason }) => OURS.has(reason ?? ''));
    if (ours) this.#fail('our own misconfiguration is nobody’s outcome', `${rowKey}: ${ours.outcome}, ${ours.reason}`);
  }

  #isRandomlyOurs(): boolean {
    const { faults, spells } = this.#facts.scenario;
    return RANDOMLY_OURS.some((fault) => faults[fault] > 0 || spells.some(({ kind }) => kind === fault));
  }

  #numberChanged({ before, after }: RowChange): void {
    const number = String(after?.['number']);
    const since = after?.['restingSince'];
    if (typeof since !== 'string' || since === '') {
      this.#resting.delete(number);
      // A call that failed for another reason ends the row of those that count.
      if (failuresIn(after) < 2 || failuresIn(after) < failuresIn(before)) this.#refused.delete(number);
      return;
    }
    const rest = this.#resting.get(number) ?? { since: Date.parse(since), noticed: new Map(), probes: 0, given: 0 };
    if (before?.['restingSince'] === since && before['probeAt'] !== after?.['probeAt']) rest.probes++;
    this.#resting.set(number, rest);
  }

  #lineChanged({ before, after }: RowChange): void {
    const number = String(after?.['number'] ?? before?.['number']);
    const { now, tables } = this.#facts;
    const reachedAt = after?.['reachedAt'];
    if (reachedAt !== before?.['reachedAt']) this.#refused.delete(number);
    const rest = this.#resting.get(number);
    if (!rest) return;
    // The call on a line that reached somebody ends the rest without a change of the number's row.
    const [row] = [...tables.rows('Lines', 'lines').values()].filter(
      (each) => each['number'] === number && each['restingSince'] !== undefined,
    );
    if (typeof reachedAt === 'string' && reachedAt >= String(row?.['since'])) {
      this.#resting.delete(number);
      return;
    }
    const isGiven = after?.['holder'] !== '' && after?.['holder'] !== before?.['holder'];
    if (!isGiven || now() < this.#knownSince(rest, String(after?.['holder'])) + GRACE_MS) return;
    rest.given++;
    if (rest.given > rest.probes) {
      this.#fail(
        'a resting number is only probed',
        `${rest.given} lines of ${number} were given, ${rest.probes} probes`,
      );
    }
  }

  /** The service refused a call from the number at once. */
  refused(number: string): void {
    const { now, scenario } = this.#facts;
    const row = this.#refused.get(number) ?? { since: now(), count: 0 };
    this.#refused.set(number, row);
    row.count++;
    const probes = (now() - row.since) / PROBE_EVERY_MS;
    const { callers, breakerAfter } = scenario.settings;
    const lines = callers.find((caller) => caller.number === number)?.lines ?? 0;
    // Each line may have been given before; and a refusal is not counted if its process died or storage failed.
    const most = breakerAfter + 2 * lines + 10 + probes;
    if (row.count > most)
      this.#fail('a resting number is only probed', `${row.count} calls from ${number} were refused`);
  }
}
