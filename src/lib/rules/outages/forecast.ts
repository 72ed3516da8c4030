import { z } from 'zod';
import { doneIn, type Tally } from './tally.ts';

/** When everybody will have an outcome, at the recent rate. */
export const Forecast = z.object({
  endsAt: z.iso.datetime().describe('When everybody will have an outcome.'),
  perMinute: z.number().describe('Calls that ended per minute in the last ten minutes.'),
});
export type Forecast = z.infer<typeof Forecast>;

/** How far back the rate looks, ms: long enough for calls of a minute or two on a few lines. */
const LATELY_MS = 10 * 60_000;

/** The start of the first minute that counts for the rate. */
export const latelySince = (now: Date): Date => new Date(Math.floor((now.getTime() - LATELY_MS) / 60_000) * 60_000);

type Standing = {
  readonly startedAt: string | undefined;
  readonly expiresAt: string | undefined;
  /** Must include the minutes since `latelySince`. */
  readonly tally: Tally;
  readonly calling: number;
  /** Calls that may be in progress at once. */
  readonly lines: number;
};

/**
 * Extrapolates the rate of the last ten minutes and the number of calls each person took so far. Undefined if that is
 * not possible: nobody has an outcome yet, or no call has ended recently, for example in quiet hours.
 */
export function forecast({ startedAt, expiresAt, tally, calling, lines }: Standing, now: Date): Forecast | undefined {
  const done = doneIn(tally);
  const remaining = tally.recipients - done;
  if (startedAt === undefined || remaining <= 0 || done === 0) return undefined;
  const since = Math.max(latelySince(now).getTime(), Date.parse(startedAt));
  const minutes = (now.getTime() - since) / 60_000;
  const ended = endedSince(latelySince(now), tally);
  if (minutes <= 0 || ended === 0) return undefined;
  const isBeginning = since === Date.parse(startedAt);
  // At the start, calls in progress count as half over on average.
  const perMinute = (ended + (isBeginning ? calling / 2 : 0)) / minutes;
  const callsLeft = remaining * Math.max(1, tally.attempts / done);
  // Even the last few calls take as long as one call does on every line.
  const minutesLeft = Math.max(callsLeft, lines / 2) / perMinute;
  const end = now.getTime() + minutesLeft * 60_000;
  const latest = Math.min(end, Date.parse(expiresAt ?? '') || Number.POSITIVE_INFINITY);
  return {
    endsAt: new Date(Math.max(latest, now.getTime())).toISOString(),
    perMinute: Math.round(perMinute * 10) / 10,
  };
}

function endedSince(since: Date, { minutes }: Tally): number {
  const recent = Object.entries(minutes).filter(([minute]) => Date.parse(minute) >= since.getTime());
  return recent.reduce((sum, [, { ended }]) => sum + ended, 0);
}
