import type { Services } from '../services/services.ts';
import { traced } from '../telemetry/traces.ts';
import { type TickLog, tick } from './tick.ts';

/** After this long, ms, a woken tick has ended, or died with its instance. */
const LEASE_MS = 30_000;

/** Gets the time when the last tick began; undefined if there was none. */
export type IsNeeded = (beganAt: Date | undefined) => boolean;

/** `busy`: another instance runs a woken tick. */
export type Woken = 'ran' | 'not needed' | 'busy';

/**
 * Runs a tick that something other than the timer has woken, if it is needed and no other woken one runs. Costs one
 * request if not, and two more than a tick of the timer.
 */
export async function wokenTick(services: Services, isNeeded: IsNeeded, log: TickLog): Promise<Woken> {
  const last = await services.ticks.last();
  if (!isNeeded(last.beganAt)) return 'not needed';
  const now = services.now();
  const lease = await services.ticks.tryBegin(last, now, new Date(now.getTime() + LEASE_MS));
  if (!lease) return 'busy';
  try {
    await traced('wokenTick', {}, () => tick(services, log));
  } finally {
    await services.ticks.end(lease, services.now());
  }
  return 'ran';
}
