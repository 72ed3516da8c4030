import type { Random } from './random.ts';
import { type ByHand, calmScenario, drawByHand, drawOutage, type PlannedOutage, type Scenario } from './scenario.ts';

const RATE = 0.3;
/** The most outages of a world. */
const MOST = 5;

/**
 * In some worlds up to five outages share the numbers, with more calls by hand. Draws from a stream of its own, so that the
 * other worlds are as they were.
 */
export function withSharedNumbers(scenario: Scenario, random: Random): Scenario {
  if (!random.chance(RATE)) return scenario;
  const { outages, byHand, settings } = scenario;
  const people = Math.max(6, ...outages.map((outage) => outage.people.length));
  const more = Array.from({ length: random.int(1, MOST - outages.length) }, (_, index) => {
    const planned = drawOutage(random, outages.length + index, settings.callers, random.int(1, people));
    return random.chance(0.5) ? atOnce(planned) : planned;
  });
  const calls = Array.from({ length: random.int(0, 3) }, (_, index): ByHand => {
    const drawn = drawByHand(random, byHand.length + index);
    const { number } = random.pick([settings.callers[0] ?? { number: '' }, ...settings.callers]);
    const isNamed = drawn.queue === 'start-call' && random.chance(0.5);
    return isNamed ? { ...drawn, message: { ...drawn.message, callerNumber: number } } : drawn;
  });
  // With many lines, some would stand idle for long.
  const isSmall = settings.callers.every(({ lines }) => lines <= 4);
  const callsPerSecond = isSmall && random.chance(0.2) ? random.pick([0.5, 1, 5]) : undefined;
  return {
    ...scenario,
    settings: { ...settings, callsPerSecond },
    outages: [...outages, ...more],
    byHand: [...byHand, ...calls],
  };
}

const atOnce = (planned: PlannedOutage): PlannedOutage => ({
  ...planned,
  spec: { ...planned.spec, startAt: undefined },
});

/** Without faults, three outages of twenty people each and four calls by hand share two lines. */
export function sharedScenario(): Scenario {
  const calm = calmScenario(20);
  const callers = calm.settings.callers.map((caller) => ({ ...caller, lines: 2 }));
  const [planned] = calm.outages;
  const outages = planned
    ? [1, 2, 3].map((index) => ({ ...planned, spec: { ...planned.spec, callers, id: `outage-${index}` } }))
    : [];
  const byHand = [60, 90, 150, 210].map((seconds): ByHand => {
    const targets = [{ phoneNumber: { value: `+1425555${3000 + seconds}` } }];
    return { afterMs: seconds * 1_000, queue: 'start-call', message: { targets } };
  });
  return { ...calm, settings: { ...calm.settings, callers }, outages, byHand };
}
