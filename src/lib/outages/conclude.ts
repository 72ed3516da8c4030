import type { AttemptRef } from '../calls/purpose.ts';
import { StorageError } from '../errors.ts';
import type { Services } from '../services.ts';
import { concluded, postponed } from './attempts.ts';
import { passOnLine } from './dispatcher.ts';
import type { Outage } from './outage.ts';
import type { HeldLine, Recipient } from './recipient.ts';
import type { AttemptResult } from './retry.ts';

/** Others may write the same recipient at the same time; that often in a row means that something is wrong. */
const TRIES = 10;

type Result = Pick<AttemptResult, 'outcome' | 'reason' | 'callLegId'> & {
  /** They asked in this call not to be called again. */
  readonly optOut?: boolean | undefined;
};

/** Puts an attempt's result on record, decides what becomes of the recipient, and passes the attempt's line on. */
export async function concludeAttempt(
  services: Services,
  ref: AttemptRef,
  { optOut, ...result }: Result,
): Promise<void> {
  const outage = await services.outages.recent(ref.outageId);
  const at = services.now();
  if (optOut) await services.optOuts.add(ref.recipientId, { outageId: ref.outageId, at });
  const line = await recordResult(services, outage, ref, result);
  if (line) await passOnLine(services, outage, line, ref.shard);
}

/** @returns the line that the attempt held, if this ended it. */
async function recordResult(
  services: Services,
  outage: Outage,
  ref: AttemptRef,
  result: Omit<Result, 'optOut'>,
): Promise<HeldLine | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const now = services.now();
    const stored = await services.recipients.find(ref);
    if (!stored) return undefined;
    const whole = { ...result, attempt: ref.attempt, at: now.toISOString() };
    const moved = concluded(stored.recipient, whole, outage.retry, now);
    if (!moved) return undefined;
    if (await services.recipients.save(ref, stored, moved)) {
      return isAt(stored.recipient, ref) ? stored.recipient.line : undefined;
    }
  }
  throw new StorageError(`The result of attempt ${ref.attempt} could not be recorded: the row keeps changing`);
}

const isAt = (recipient: Recipient, ref: AttemptRef): boolean =>
  recipient.attempt === ref.attempt && (recipient.phase === 'dispatched' || recipient.phase === 'dialling');

/**
 * The call was not placed, and not for any reason of the callee's: they are called later, the attempt does not count,
 * and the line is left alone until then, while others work.
 */
export async function postponeAttempt(services: Services, ref: AttemptRef, until: Date): Promise<void> {
  const stored = await services.recipients.find(ref);
  if (!stored || !isAt(stored.recipient, ref)) return;
  const saved = await services.recipients.save(ref, stored, postponed(stored.recipient, until));
  if (saved && stored.recipient.line) await services.lines.free(stored.recipient.line, until);
}
