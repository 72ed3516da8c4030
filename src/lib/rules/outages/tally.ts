import { z } from 'zod';
import { isAnswered, Outcome } from '../calls/outcome.ts';
import { HeldBecause } from '../number-limits.ts';
import type { Recipient } from './recipient.ts';

/**
 * Counts of people and of ended calls. Pure. What a recipient counts for follows from their row alone. So the
 * difference that a change of the row makes can be added to the sums, and counting never reads the whole list.
 */

const Count = z.number().int();

/** Attempts that ended in one minute, and how many of them were answered. */
export const MinuteCount = z.object({ ended: Count, answered: Count });
export type MinuteCount = z.infer<typeof MinuteCount>;

/** Counts of a list, of a part of it, or of a difference. Counts in a difference may be negative. */
export const Tally = z.object({
  /** People on the list. */
  recipients: Count.default(0),
  /** Attempts that ended. */
  attempts: Count.default(0),
  /** People who are done, by outcome. */
  outcomes: z.partialRecord(Outcome, Count).default({}),
  /** People who wait because of a limit, by the limit. */
  heldBack: z.partialRecord(HeldBecause, Count).default({}),
  /** Ended attempts by minute: the key is its start, UTC. */
  minutes: z.record(z.string(), MinuteCount).default({}),
});
export type Tally = z.infer<typeof Tally>;

export const NOTHING: Tally = { recipients: 0, attempts: 0, outcomes: {}, heldBack: {}, minutes: {} };

/** What one recipient counts for. */
export function tallyOf({ outcome, results, heldBack }: Recipient): Tally {
  const minutes = results.reduce<Tally['minutes']>(
    (sum, { at, outcome }) =>
      addedMinutes(sum, { [minuteOf(at)]: { ended: 1, answered: isAnswered(outcome) ? 1 : 0 } }),
    {},
  );
  return {
    recipients: 1,
    attempts: results.length,
    outcomes: outcome ? { [outcome]: 1 } : {},
    heldBack: heldBack ? { [heldBack.because]: 1 } : {},
    minutes,
  };
}

export const sumOf = (tallies: readonly Tally[]): Tally => tallies.reduce((sum, each) => added(sum, each), NOTHING);

/** What must be added to `from` to get `to`; undefined if they are equal. */
export function difference(from: Tally, to: Tally): Tally | undefined {
  const { minutes, outcomes, heldBack, ...counts } = added(to, from, -1);
  const isSame =
    Object.keys({ ...minutes, ...outcomes, ...heldBack }).length === 0 && Object.values(counts).every((n) => n === 0);
  return isSame ? undefined : { ...counts, outcomes, heldBack, minutes };
}

/** How many people have an outcome. */
export const doneIn = ({ outcomes }: Tally): number => Object.values(outcomes).reduce((sum, count) => sum + count, 0);

/** The start of the minute. */
export const minuteOf = (at: string): string => `${new Date(at).toISOString().slice(0, 16)}:00.000Z`;

/** Adds counts by minute, or subtracts them with sign -1. Leaves out minutes whose counts become 0. */
export function addedMinutes(a: Tally['minutes'], b: Tally['minutes'], sign: 1 | -1 = 1): Tally['minutes'] {
  const sums = { ...a };
  for (const [minute, { ended, answered }] of Object.entries(b)) {
    const before = sums[minute] ?? { ended: 0, answered: 0 };
    const sum = { ended: before.ended + sign * ended, answered: before.answered + sign * answered };
    if (sum.ended === 0 && sum.answered === 0) delete sums[minute];
    else sums[minute] = sum;
  }
  return sums;
}

function added(a: Tally, b: Tally, sign: 1 | -1 = 1): Tally {
  return {
    recipients: a.recipients + sign * b.recipients,
    attempts: a.attempts + sign * b.attempts,
    outcomes: addedCounts(Outcome.options, a.outcomes, b.outcomes, sign),
    heldBack: addedCounts(HeldBecause.options, a.heldBack, b.heldBack, sign),
    minutes: addedMinutes(a.minutes, b.minutes, sign),
  };
}

/** Adds counts by kind, or subtracts them with sign -1. Leaves out kinds whose counts become 0. */
function addedCounts<Kind extends string>(
  kinds: readonly Kind[],
  a: Partial<Record<Kind, number>>,
  b: Partial<Record<Kind, number>>,
  sign: 1 | -1,
): Partial<Record<Kind, number>> {
  const sums: Partial<Record<Kind, number>> = {};
  for (const kind of kinds) {
    const sum = (a[kind] ?? 0) + sign * (b[kind] ?? 0);
    if (sum !== 0) sums[kind] = sum;
  }
  return sums;
}
