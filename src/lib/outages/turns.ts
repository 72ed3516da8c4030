import type { Services } from '../services/services.ts';

/** A line is not kept for a call that would start later than this, ms. */
const WITHIN_MS = 10_000;
/** The timer's interval, s. */
const TICK_SECONDS = 10;

/**
 * Takes the turn of a number for one call. No request if the settings do not limit how many calls may start in a second.
 * @returns when the call may start; undefined if that is too late to keep a line for it.
 */
export async function takeTurn({ turns, settings, now }: Services, number: string): Promise<Date | undefined> {
  const { callsPerSecond } = settings;
  return callsPerSecond === undefined ? now() : turns.take(number, callsPerSecond, now(), WITHIN_MS);
}

/** How many free lines of a number a tick gives away at most: as many as calls may start until the next one. */
export const mostInTick = ({ settings: { callsPerSecond } }: Services): number =>
  callsPerSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(callsPerSecond * TICK_SECONDS));

/** Waits until the call may start, if that is not over. */
export async function untilTurn({ now, sleep }: Services, at: Date): Promise<void> {
  const ms = Math.min(WITHIN_MS, at.getTime() - now().getTime());
  if (ms > 0) await sleep(ms);
}
