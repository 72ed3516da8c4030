import { z } from 'zod';

/**
 * What the calls of a day cost, in calls and minutes. Pure. Each line counts its own calls, in its own row, which every call
 * writes anyway; the timer reads all lines at each tick anyway.
 */

/** How a line was used on one day, UTC: calls that ended, and seconds on the line. */
export const Spent = z.object({ on: z.string(), calls: z.number().int(), seconds: z.number() });
export type Spent = z.infer<typeof Spent>;

export const NOTHING_SPENT: Spent = { on: '', calls: 0, seconds: 0 };

/** A line as its holder leaves it. */
export type Use = {
  /** Empty: nobody had it. */
  readonly holder?: string | undefined;
  /** Since when, UTC; since the last extension. */
  readonly leasedAt?: string | undefined;
  /** No call was placed on it. */
  readonly isUnused?: boolean | undefined;
};

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const midnightBefore = (at: Date): number => Date.parse(`${dayOf(at)}T00:00:00.000Z`);
const DAY_MS = 24 * 3_600_000;

/** What a line has cost by now. @param isOver its call has ended: it counts. Otherwise only its seconds do. */
export function spentBy(before: Spent, { holder, leasedAt, isUnused }: Use, now: Date, isOver: boolean): Spent {
  const spent = before.on === dayOf(now) ? before : { ...NOTHING_SPENT, on: dayOf(now) };
  if (!holder || isUnused) return spent;
  // Of a call over midnight, each day counts its part.
  const since = leasedAt === undefined ? now.getTime() : Math.max(Date.parse(leasedAt), midnightBefore(now));
  const seconds = Math.max(0, Math.round((now.getTime() - since) / 1000));
  return { ...spent, calls: spent.calls + (isOver ? 1 : 0), seconds: spent.seconds + seconds };
}

/** Settings: DAILY_CALLS, DAILY_MINUTES. Undefined: no limit. */
export type SpendLimits = { readonly calls?: number | undefined; readonly minutes?: number | undefined };

/** Nobody but emergencies places calls until then, UTC. */
export const SpendHold = z.object({
  until: z.string().describe('When the next day begins, UTC.'),
  because: z
    .enum(['calls', 'minutes'])
    .describe('`calls`: DAILY_CALLS were placed today. `minutes`: they took DAILY_MINUTES.'),
});
export type SpendHold = z.infer<typeof SpendHold>;

/** Whether the lines have used up what a day may cost, those with a call now included. */
export function spendHoldOf(
  lines: readonly (Use & { readonly spent: Spent })[],
  { calls, minutes }: SpendLimits,
  now: Date,
): SpendHold | undefined {
  const all = lines.map((line) => spentBy(line.spent, line, now, true));
  const sum = (of: 'calls' | 'seconds'): number => all.reduce((total, spent) => total + spent[of], 0);
  const until = new Date(midnightBefore(now) + DAY_MS).toISOString();
  if (calls !== undefined && sum('calls') >= calls) return { until, because: 'calls' };
  if (minutes !== undefined && sum('seconds') >= minutes * 60) return { until, because: 'minutes' };
  return undefined;
}

const SPENT_UP = {
  calls: 'as many calls as DAILY_CALLS allows',
  minutes: 'calls of as many minutes as DAILY_MINUTES allows',
} as const;

/** For people and the log. The alert looks for it. */
export const spendNote = ({ until, because }: SpendHold): string =>
  `the spend limit of the day is reached, with ${SPENT_UP[because]}: only emergencies are called for before ${until}`;
