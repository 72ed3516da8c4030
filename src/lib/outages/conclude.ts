import { StorageError } from '../base/errors.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { bound, concluded, isAt, type Moved, postponed } from '../rules/outages/attempts.ts';
import { isCalledOff } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import type { HeldLine, Recipient } from '../rules/outages/recipient.ts';
import type { AttemptResult, RetryPolicy } from '../rules/outages/retry.ts';
import type { Services } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { tellAllClear } from './all-clear.ts';
import { holderOf, passOnLine } from './dispatcher.ts';

/** Others may write the same recipient at the same time; that often in a row means that something is wrong. */
const TRIES = 10;

type Result = Pick<AttemptResult, 'outcome' | 'reason' | 'callLegId'> & {
  /** They asked in this call not to be called again. */
  readonly optOut?: boolean | undefined;
};

/**
 * Puts an attempt's result on record, decides what becomes of the recipient, and passes the attempt's line on.
 * @param decidedOn the recipient as it was when the result was inferred rather than reported: has it changed since, nothing
 * is done, and whoever changed it decides.
 */
export async function concludeAttempt(
  services: Services,
  ref: AttemptRef,
  { optOut, ...result }: Result,
  decidedOn?: StoredRecipient,
): Promise<void> {
  const outage = await services.outages.recent(ref.outageId);
  const at = services.now();
  if (optOut) await services.optOuts.add(ref.recipientId, { outageId: ref.outageId, at });
  const line = await recordResult(services, outage, ref, result, decidedOn);
  if (line) await passOnLine(services, outage, line, ref);
}

const NEVER_AGAIN: RetryPolicy = { maxAttempts: 1, delaySeconds: {} };

/** Once the outage was called off nobody is called again, whatever the result. */
const policyOf = (outage: Outage, now: Date): RetryPolicy => (isCalledOff(outage, now) ? NEVER_AGAIN : outage.retry);

/**
 * News of somebody who is done: nobody will look at them again, so the all-clear of an outage that is over by now is carried on to
 * them from here. Of the outage as it is now: where it is restored after this, the timer meets them on its way.
 */
const tellLate = async (services: Services, ref: AttemptRef, recipient: Recipient): Promise<void> =>
  tellAllClear(services, await services.outages.current(ref.outageId), ref, [recipient]);

/** @returns the line that the recipient held, if this ended the attempt that held it. */
async function recordResult(
  services: Services,
  outage: Outage,
  ref: AttemptRef,
  result: Omit<Result, 'optOut'>,
  decidedOn: StoredRecipient | undefined,
): Promise<HeldLine | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const now = services.now();
    const before = decidedOn ?? (await services.recipients.find(ref));
    if (!before) return undefined;
    const whole = { ...result, attempt: ref.attempt, at: now.toISOString() };
    const next = concluded(before.recipient, whole, policyOf(outage, now), now);
    // What is no news may have been written down by somebody who died before they carried it on.
    const after = next ? await services.recipients.save(ref, before, outsideQuietHours(next, outage)) : before;
    if (after) return carriedOn(services, ref, before, after);
    if (decidedOn) return undefined;
  }
  throw new StorageError(`The result of attempt ${ref.attempt} could not be recorded: the row keeps changing`);
}

/** @returns the line that is free now. */
async function carriedOn(
  services: Services,
  ref: AttemptRef,
  before: StoredRecipient,
  after: StoredRecipient,
): Promise<HeldLine | undefined> {
  if (before.recipient.phase === 'done') await tellLate(services, ref, after.recipient);
  return after.recipient.line ? undefined : before.recipient.line;
}

function outsideQuietHours(moved: Moved, { quietHours }: Outage): Moved {
  if (typeof moved.due === 'string') return moved;
  const at = callableFrom(moved.due.at, quietHours, moved.recipient.timeZone);
  return { ...moved, due: { ...moved.due, at } };
}

/** The recipient's quiet hours have begun before it was their turn: they are called after them, and the line goes on. */
export async function deferAttempt(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  until: Date,
): Promise<void> {
  const { line } = stored.recipient;
  if (!(await services.recipients.save(ref, stored, postponed(stored.recipient, until))) || !line) return;
  await passOnLine(services, await services.outages.recent(ref.outageId), line, ref);
}

/** How long to leave a line alone where the service does not say, ms. */
export const DEFAULT_PATIENCE_MS = 30_000;

/**
 * The call was not placed, and not for any reason of the callee's: they are called later, the attempt does not count,
 * and the line is left alone until then, while others work.
 * @param callLegId the call that was told not to have been placed: the attempt keeps its number, and may have a new call by now.
 */
export async function postponeAttempt(
  services: Services,
  ref: AttemptRef,
  until: Date,
  callLegId?: string,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await services.recipients.find(ref);
    if (!stored || !isAt(stored.recipient, ref)) return;
    if (callLegId !== undefined && stored.recipient.callLegId !== callLegId) return;
    if (await services.recipients.save(ref, stored, postponed(stored.recipient, until))) {
      if (stored.recipient.line) await services.lines.free(stored.recipient.line, until);
      return;
    }
  }
  throw new StorageError(`Attempt ${ref.attempt} could not be postponed: the row keeps changing`);
}

/**
 * A call has got its name from its first event, where the service's own answer has not come, or was lost.
 * @returns false if the attempt was given up before: nobody looks after the call.
 */
export async function bindAttempt(services: Services, ref: AttemptRef, callLegId: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await services.recipients.find(ref);
    if (!stored || !isAt(stored.recipient, ref)) return false;
    if (stored.recipient.callLegId !== undefined) return true;
    if (await services.recipients.save(ref, stored, bound(stored.recipient, callLegId))) return true;
  }
  throw new StorageError(`Attempt ${ref.attempt} could not be bound to its call: the row keeps changing`);
}

/** A crash between recording a result and passing the line on leaves the line with an attempt that is over. */
export async function recoverLine(services: Services, ref: AttemptRef): Promise<void> {
  const kept = (await services.lines.list()).find(({ holder }) => holder === holderOf(ref));
  const stored = kept && (await services.recipients.find(ref));
  if (!stored || isAt(stored.recipient, ref)) return;
  await passOnLine(services, await services.outages.recent(ref.outageId), kept, ref);
}
