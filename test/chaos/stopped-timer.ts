import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** How often the availability test of infra/ asks the app, ms: then something comes even when nothing else does. */
export const ASKED_EVERY_MS = 5 * 60_000;
const TICK_MS = 10_000;
const RATE = 0.1;

/** In some worlds the timer stops for good. Draws from a stream of its own, so that the worlds are otherwise as they were. */
export function withStoppedTimer(scenario: Scenario, random: Random): Scenario {
  return random.chance(RATE) ? { ...scenario, timerStopsAfterMs: random.int(0, scenario.calmAfterMs) } : scenario;
}

/** The longest time between two ticks without faults, ms. */
export const tickMsOf = ({ timerStopsAfterMs }: Scenario): number =>
  timerStopsAfterMs === undefined ? TICK_MS : ASKED_EVERY_MS + TICK_MS;
