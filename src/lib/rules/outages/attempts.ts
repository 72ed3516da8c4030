import { better, type Outcome } from '../calls/outcome.ts';
import type { AttemptRef } from '../calls/purpose.ts';
import type { HeldLine, Recipient } from './recipient.ts';
import { type AttemptResult, endsTheMatter, type RetryPolicy, retryAt } from './retry.ts';

/**
 * How a recipient moves through attempts. Pure; each function gives the recipient after the change and its due row:
 * when the recipient must be looked at next, and why. A recipient without an outcome always has exactly one.
 */

/** `waiting`: to be called at that time. `leased`: an attempt is under way and is looked into then, should it not have ended. */
export type Due = { readonly kind: 'waiting' | 'leased'; readonly at: Date };

export type Moved = { readonly recipient: Recipient; readonly due: Due | 'unchanged' | 'none' };

/** True while just this attempt is under way. */
export const isAt = (recipient: Recipient, ref: AttemptRef): boolean =>
  recipient.attempt === ref.attempt && (recipient.phase === 'dispatched' || recipient.phase === 'dialling');

/**
 * Why this attempt must not be dialled, for the record; undefined if it may. Not shortly before its lease ends: it would be
 * looked into, and its line given away, while the service is still being asked. The timer then starts it again.
 * @param marginMs how long asking may take.
 * @param isRepeatable the service takes the same request for the same call: one that was asked for and has no name yet, as its
 * answer was lost or whoever asked has died, may be asked for again.
 */
export function refusalToDial(
  recipient: Recipient | undefined,
  ref: AttemptRef,
  now: Date,
  marginMs: number,
  isRepeatable: boolean,
): string | undefined {
  if (!recipient) return 'the recipient is not in the outage';
  if (recipient.phase === 'done') return `the recipient is done (${recipient.outcome})`;
  if (recipient.attempt !== ref.attempt) return `the recipient is at attempt ${recipient.attempt}`;
  const isUnnamed = recipient.phase === 'dialling' && recipient.callLegId === undefined;
  if (recipient.phase !== 'dispatched' && !(isRepeatable && isUnnamed))
    return `the attempt is ${recipient.phase} already`;
  const leaseUntil = Date.parse(recipient.leaseUntil ?? '');
  if (!(leaseUntil - now.getTime() > marginMs)) return 'the attempt’s lease is about to end';
  return undefined;
}

/** The columns that change when a due recipient is given a line. */
export function dispatchedColumns(attempt: number, line: HeldLine, leaseUntil: Date): Partial<Recipient> {
  return { phase: 'dispatched', attempt, line, leaseUntil: leaseUntil.toISOString() };
}

/** From here on the attempt is dialled by whoever made this change, and by nobody else. */
export const claimed = (recipient: Recipient, now: Date): Moved => ({
  recipient: { ...recipient, phase: 'dialling', askedAt: now.toISOString() },
  due: 'unchanged',
});

/** The service has named the call. */
export const bound = (recipient: Recipient, callLegId: string): Moved => ({
  recipient: { ...recipient, callLegId },
  due: 'unchanged',
});

/** The call was not placed and that was not the callee's doing: the attempt does not count. */
export const postponed = (recipient: Recipient, until: Date): Moved => ({
  recipient: { ...idle(recipient), phase: 'waiting', attempt: recipient.attempt - 1 },
  due: { kind: 'waiting', at: until },
});

export const leaseExtended = (recipient: Recipient, until: Date): Moved => ({
  recipient: { ...recipient, leaseUntil: until.toISOString() },
  due: { kind: 'leased', at: until },
});

/** Nobody is called any more: what was reached so far is the outcome. */
export const expired = (recipient: Recipient, now: Date): Moved => done(recipient, now);

/**
 * An attempt has ended, or something better was learnt of one that had. Undefined if that is no news.
 * An attempt in progress is either tried again later or ends the matter; news of an earlier attempt
 * can end the matter too, but never cuts short a later attempt that is dialled: its own end will.
 */
export function concluded(
  recipient: Recipient,
  result: AttemptResult,
  policy: RetryPolicy,
  now: Date,
): Moved | undefined {
  const before = recipient.results.find(({ attempt }) => attempt === result.attempt);
  if (before && better(before.outcome, result.outcome) === before.outcome) return undefined;
  // It ended when that was first known; only how it ended is known better now.
  const known = { ...result, at: before?.at ?? result.at };
  const told = { ...recipient, results: [...recipient.results.filter((other) => other !== before), known] };
  const isSettled = told.results.some((each) => endsTheMatter(policy, each));

  if (recipient.phase === 'done') return done(told, now);
  if (recipient.phase === 'waiting') return isSettled ? done(told, now) : { recipient: told, due: 'unchanged' };
  if (recipient.attempt !== result.attempt) {
    return isSettled && recipient.phase === 'dispatched' ? done(told, now) : { recipient: told, due: 'unchanged' };
  }
  const again = isSettled ? undefined : retryAt(policy, result, now);
  return again
    ? { recipient: { ...idle(told), phase: 'waiting' }, due: { kind: 'waiting', at: again } }
    : done(told, now);
}

function done(recipient: Recipient, now: Date): Moved {
  const outcome = recipient.results.reduce<Outcome>((best, result) => better(best, result.outcome), 'cancelled');
  const reason = recipient.results.find((result) => result.outcome === outcome)?.reason;
  return {
    recipient: { ...idle(recipient), phase: 'done', outcome, reason, endedAt: recipient.endedAt ?? now.toISOString() },
    due: 'none',
  };
}

/** What belongs to an attempt in progress is gone; the results keep the call leg's name. */
const idle = (recipient: Recipient): Recipient => ({
  ...recipient,
  line: undefined,
  leaseUntil: undefined,
  askedAt: undefined,
  callLegId: undefined,
  isEnding: undefined,
});
