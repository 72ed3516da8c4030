import type { AttemptRef } from '../rules/calls/purpose.ts';
import type { HeldBack } from '../rules/number-limits.ts';
import { bound, expired, isAt, isSettled, type Moved, postponed } from '../rules/outages/attempts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import type { Services } from '../services/services.ts';
import { unused } from '../storage/lines.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { passOnLine } from './pass-on-line.ts';

/**
 * The recipient must not be called before `until`: the attempt does not count, and its line is passed on.
 * @param heldBack the limit that says so, if one does.
 * @returns false if the recipient changed meanwhile; then nothing is done.
 */
export async function deferAttempt(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  until: Date,
  heldBack?: HeldBack,
): Promise<boolean> {
  const { line } = stored.recipient;
  const outage = await services.outages.recent(ref.outageId);
  const later = putOff(outage, stored.recipient, services.now(), until, { heldBack });
  if (!(await services.recipients.save(ref, stored, later))) return false;
  if (line) await passOnLine(services, outage, unused(line));
  return true;
}

/** The recipient is called later, unless a late result of an earlier attempt has ended the matter meanwhile. */
const putOff = (
  { retry }: Outage,
  recipient: Recipient,
  now: Date,
  ...[until, because]: [until: Date, because: Pick<Recipient, 'refusedAt' | 'heldBack'>]
): Moved => (isSettled(recipient, retry) ? expired(recipient, now) : postponed(recipient, until, because));

/**
 * The call was not placed, for a reason that is not the callee's: the recipient is called later and the attempt does
 * not count. The line is left alone until then, while others work.
 * @param call tells this call from another of the same attempt, which keeps its number: the call leg, or the time of the claim.
 * @param refusedAt when the call failed, if the reason is ours.
 * @returns false if the attempt has ended or has another call by now; then nothing is done.
 */
export async function postponeAttempt(
  services: Services,
  ref: AttemptRef,
  until: Date,
  call: Pick<Recipient, 'callLegId'> | Pick<Recipient, 'askedAt'>,
  refusedAt?: string,
): Promise<boolean> {
  const outage = await services.outages.recent(ref.outageId);
  const before = await untilSaved(`The delay of attempt ${ref.attempt}`, async () => {
    const stored = await services.recipients.find(ref);
    if (!stored || !isAt(stored.recipient, ref) || !isInCall(stored.recipient, call)) return null;
    const later = putOff(outage, stored.recipient, services.now(), until, { refusedAt });
    return (await services.recipients.save(ref, stored, later)) && stored.recipient;
  });
  if (before?.line) await services.lines.release(unused(before.line), until);
  return before !== null;
}

const isInCall = (recipient: Recipient, call: Pick<Recipient, 'callLegId' | 'askedAt'>): boolean =>
  'askedAt' in call ? recipient.askedAt === call.askedAt : recipient.callLegId === call.callLegId;

/** Where and when the attempt's call was placed; undefined if it has ended, or another call was placed. */
export async function placedAttempt(
  services: Services,
  ref: AttemptRef,
  callLegId: string,
): Promise<
  { number: string | undefined; placedAt: string; callee: string; refusedAt: string | undefined } | undefined
> {
  const recipient = (await services.recipients.find(ref))?.recipient;
  if (!recipient || !isAt(recipient, ref) || recipient.callLegId !== callLegId) return undefined;
  const { line, askedAt = '', recipientId, refusedAt } = recipient;
  return { number: line?.number, placedAt: askedAt, callee: recipientId, refusedAt };
}

/**
 * Records the call leg of an attempt from its first event, in case the service's answer was lost or is late.
 * @returns false if the attempt was given up before, so that no lease covers the call.
 */
export async function bindAttempt(services: Services, ref: AttemptRef, callLegId: string): Promise<boolean> {
  return untilSaved(`The call leg of attempt ${ref.attempt}`, async (tries) => {
    const hint = tries === 1 ? await services.recipients.latestHint(ref) : undefined;
    const stored = hint ?? (await services.recipients.find(ref));
    if (hint && isBound(hint.recipient, ref, callLegId, services.now())) return true;
    const isOpen = stored !== undefined && isAt(stored.recipient, ref);
    if (isOpen && stored.recipient.callLegId === undefined) {
      return (await services.recipients.save(ref, stored, bound(stored.recipient, callLegId))) && true;
    }
    // Only a row that was read can tell that there is nothing to write.
    return hint ? undefined : isOpen;
  });
}

/**
 * True if this instance knows that the leg is bound and its lease goes on. Until that ends nobody gives the call up, so it is
 * sure without a request.
 */
const isBound = (known: Recipient, ref: AttemptRef, callLegId: string, now: Date): boolean =>
  isAt(known, ref) && known.callLegId === callLegId && Date.parse(known.leaseUntil ?? '') > now.getTime();
