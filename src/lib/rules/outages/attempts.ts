import { provesNumber } from '../calls/breaker.ts';
import { better, type Outcome } from '../calls/outcome.ts';
import type { AttemptRef } from '../calls/purpose.ts';
import type { HeldLine, Recipient } from './recipient.ts';
import { type AttemptResult, endsTheMatter, type RetryPolicy, retryAt } from './retry.ts';

/**
 * How a recipient moves through attempts. Pure. Each function returns the recipient after the change, and its due row:
 * when and why the recipient must be handled next. A recipient without an outcome always has exactly one due row.
 */

/**
 * `waiting`: to be called at that time. `leased`: an attempt is in progress; if it has not ended by then, the timer
 * checks it.
 */
export type Due = { readonly kind: 'waiting' | 'leased'; readonly at: Date };

/** A recipient after a change, with the new due row, if that changes. `none`: the recipient is done. */
export type Moved = { readonly recipient: Recipient; readonly due: Due | 'unchanged' | 'none' };

/** True while exactly this attempt is in progress. */
export const isAt = (recipient: Recipient, ref: AttemptRef): boolean =>
  recipient.attempt === ref.attempt && (recipient.phase === 'dispatched' || recipient.phase === 'dialling');

/**
 * Why this attempt must not be dialled; undefined if it may be. An attempt whose lease is about to end is refused too:
 * otherwise the timer would give its line away while the service is still being asked. The timer then starts it again.
 * @param marginMs how long the request to the service may take.
 * @param isRepeatable the service recognises a repeated request. An attempt without a call leg, because the answer was
 * lost or the process died, may then be requested again.
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

/** Only the process that saves this change may dial the attempt. */
export const claimed = (recipient: Recipient, now: Date): Moved => ({
  recipient: { ...recipient, phase: 'dialling', askedAt: now.toISOString(), heldBack: undefined },
  due: 'unchanged',
});

/** The id of the call leg is known. */
export const bound = (recipient: Recipient, callLegId: string): Moved => ({
  recipient: { ...recipient, callLegId },
  due: 'unchanged',
});

/** The call was not placed, for a reason that is not the callee's: the attempt does not count. */
export const postponed = (
  recipient: Recipient,
  until: Date,
  { refusedAt, heldBack }: Pick<Recipient, 'refusedAt' | 'heldBack'> = {},
): Moved => ({
  recipient: {
    ...idle(recipient),
    phase: 'waiting',
    attempt: recipient.attempt - 1,
    refusedAt: recipient.refusedAt ?? refusedAt,
    heldBack,
  },
  due: { kind: 'waiting', at: until },
});

/** The attempt stays in progress, with a later end of its lease. */
export const leaseExtended = (recipient: Recipient, until: Date): Moved => ({
  recipient: { ...recipient, leaseUntil: until.toISOString() },
  due: { kind: 'leased', at: until },
});

/** A result that is known by now ends the matter: the recipient is not called again. */
export const isSettled = ({ results }: Recipient, policy: RetryPolicy): boolean =>
  results.some((result) => endsTheMatter(policy, result));

/** The recipient is not called any more: the best result so far is the outcome. */
export const expired = (recipient: Recipient, now: Date): Moved => done(recipient, now);

/**
 * An attempt has ended, or a better result of an ended attempt became known. Undefined if the result adds nothing.
 * After an attempt in progress, the recipient is either retried later or done. A late result of an earlier attempt can
 * make the recipient done too, but it never interrupts a later attempt that is being dialled.
 */
export function concluded(
  recipient: Recipient,
  result: AttemptResult,
  policy: RetryPolicy,
  now: Date,
): Moved | undefined {
  const before = recipient.results.find(({ attempt }) => attempt === result.attempt);
  if (before && better(before.outcome, result.outcome) === before.outcome) return undefined;
  // Keep the time at which the end was first known; only the result got better.
  const known = { ...result, at: before?.at ?? result.at };
  const told = {
    ...recipient,
    results: [...recipient.results.filter((other) => other !== before), known],
    refusedAt: provesNumber(result.outcome, result.reason) ? undefined : recipient.refusedAt,
  };
  const settled = isSettled(told, policy);

  if (recipient.phase === 'done') return done(told, now);
  if (recipient.phase === 'waiting') return settled ? done(told, now) : { recipient: told, due: 'unchanged' };
  if (recipient.attempt !== result.attempt) {
    return settled && recipient.phase === 'dispatched' ? done(told, now) : { recipient: told, due: 'unchanged' };
  }
  const again = settled ? undefined : retryAt(policy, result, told.results, now);
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

/** Removes what belongs to an attempt in progress. The results keep the id of the call leg. */
const idle = (recipient: Recipient): Recipient => ({
  ...recipient,
  line: undefined,
  leaseUntil: undefined,
  askedAt: undefined,
  callLegId: undefined,
  isEnding: undefined,
  heldBack: undefined,
});
