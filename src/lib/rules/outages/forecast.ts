import { z } from 'zod';
import { doneIn, type Tally } from './tally.ts';

/** When everybody will have an outcome, if it goes on as it did lately. */
export const Forecast = z.object({
  endsAt: z.iso.datetime().describe('When everybody will have an outcome.'),
  perMinute: z.number().describe('Calls that ended in a minute, of late.'),
});
export type Forecast = z.infer<typeof Forecast>;

/** How far back "of late" goes, ms: long enough for calls of a minute or two on a few lines. */
const LATELY_MS = 10 * 60_000;

/** From when on endings count: the start of a minute. */
export const latelySince = (now: Date): Date => new Date(Math.floor((now.getTime() - LATELY_MS) / 60_000) * 60_000);

type Standing = {
  readonly startedAt: string | undefined;
  readonly expiresAt: string | undefined;
  /** With the minutes since `latelySince` at least. */
  readonly tally: Tally;
  readonly calling: number;
  /** Calls that there may be at once. */
  readonly lines: number;
};

/**
 * The rate of the last ten minutes, and as many calls a person as it has taken so far. Undefined while that cannot be told:
 * nobody has an outcome yet, or no call has ended of late, as in quiet hours.
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
  // The first calls are in progress before any has ended: on the whole they are half over.
  const perMinute = (ended + (isBeginning ? calling / 2 : 0)) / minutes;
  const callsLeft = remaining * Math.max(1, tally.attempts / done);
  // However few are left, a call takes its time: as long as it takes that every line has ended one.
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
