import type { Services } from '../services/services.ts';
import { traced } from '../telemetry/traces.ts';
import { type TickLog, tick } from './tick.ts';

/** A woken tick has ended or died after this long, ms. */
const LEASE_MS = 60_000;

/**
 * Runs a tick that something other than the timer has woken, if it is needed and no other woken one runs. Costs one
 * request if not, and two more than a tick of the timer.
 * @param isNeeded gets the time when the last tick began; undefined if there was none.
 * @returns true if a tick ran.
 */
export async function wokenTick(
  services: Services,
  isNeeded: (beganAt: Date | undefined) => boolean,
  log: TickLog,
): Promise<boolean> {
  const last = await services.ticks.last();
  if (!isNeeded(last.beganAt)) return false;
  const now = services.now();
  const lease = await services.ticks.tryBegin(last, now, new Date(now.getTime() + LEASE_MS));
  if (!lease) return false;
  try {
    await traced('wokenTick', {}, () => tick(services, log));
  } finally {
    await services.ticks.end(lease, services.now());
  }
  return true;
}
