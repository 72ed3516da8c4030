import type { Stack } from '../../local/stack.ts';
import { readSettings } from '../../src/lib/config/settings.ts';
import { compose } from '../../src/lib/services/compose.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { RequestCounter } from '../integration/support/request-counter.ts';
import { STARTS } from './outage.ts';

const TICK_MS = 10_000;
/** Two minutes: no lease ends in that time, and tallies are folded twice. */
const TICKS = 12;

/** The cost of one tick for the outage: wall time and processor time, ms, and storage requests. */
export type Ticks = { readonly medianMs: number; readonly cpuMs: number; readonly requests: number };

/**
 * Measures the timer's work on an outage whose lines are all in use, in this process, where requests can be counted.
 * The app must not run: it would call the recipients that get a line.
 */
export async function measureTicks({ settings, storage }: Stack): Promise<Ticks> {
  let time = Date.parse(STARTS);
  const timed = { ...compose(readSettings(settings)), now: () => new Date(time) };
  const tick = async (): Promise<number> => {
    time += TICK_MS;
    const begun = performance.now();
    const [tended] = await tendOutages(timed);
    if (tended?.problems.length) throw new Error('The timer met a problem', { cause: tended.problems[0] });
    return performance.now() - begun;
  };
  // The first tick starts the outage and gives its lines to the first recipients.
  await tick();
  const counter = new RequestCounter(storage);
  const cpu = process.cpuUsage();
  const times: number[] = [];
  for (let ticks = 0; ticks < TICKS; ticks++) times.push(await tick());
  counter.stop();
  const { user, system } = process.cpuUsage(cpu);
  const requests = Object.values(counter.counts).reduce((sum, count) => sum + count, 0);
  return {
    medianMs: median(times),
    cpuMs: Math.round((user + system) / 1000 / TICKS),
    requests: Math.round((requests / TICKS) * 10) / 10,
  };
}

export const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
