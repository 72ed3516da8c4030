import type { PlaceCallRequest, RequestIdentity } from '../call-automation/port.ts';
import { deferAttempt } from '../outages/attempt-progress.ts';
import { isLineOf } from '../outages/callers-of.ts';
import { concludeAttempt } from '../outages/conclude.ts';
import { marginMs } from '../rules/calls/leases.ts';
import type { Outcome } from '../rules/calls/outcome.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import type { IntendedCall } from '../rules/number-limits.ts';
import { claimed, isSettled, refusalToDial } from '../rules/outages/attempts.ts';
import { isCalledOff } from '../rules/outages/lifecycle.ts';
import { isEmergency, type Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { type Handled, postponed, type Services, superseded } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { attemptCall } from './attempt-owner.ts';
import { pass } from './gate.ts';
import { type Place, placeAgain, placeCall } from './place-call.ts';

/**
 * Dials one attempt of an outage, once: checks that the recipient may be called now, claims the attempt, and places the
 * call.
 */
export async function startAttempt(services: Services, ref: AttemptRef): Promise<Handled> {
  const stored = await services.recipients.find(ref);
  const margin = marginMs(services.settings.limits);
  const refusal = refusalToDial(stored?.recipient, ref, services.now(), margin, services.calls.isRepeatable);
  if (!stored || refusal) return superseded(refusal ?? 'the recipient is not in the outage');

  // The current row, not a cached one: once a pause or a stop is answered, no call that begins after it is placed.
  const outage = await services.outages.current(ref.outageId);
  if (stored.recipient.phase === 'dialling') return dialAgain(services, ref, stored, outage);
  const now = services.now();
  if (isCalledOff(outage, now)) return neverCalled(services, ref, stored, { outcome: 'cancelled' });
  const later = whyLater(services, outage, stored.recipient);
  if (later) {
    await deferAttempt(services, ref, stored, later.until);
    return postponed(later.why);
  }

  const obstacle = await pass(services, stored.recipient.identifier, intended(ref, outage));
  if (obstacle?.kind === 'refused') return neverCalled(services, ref, stored, obstacle);
  if (obstacle) {
    await deferAttempt(services, ref, stored, new Date(obstacle.heldBack.until), obstacle.heldBack);
    return postponed(`the recipient ${obstacle.why}`);
  }

  const mine = await services.recipients.save(ref, stored, claimed(stored.recipient, services.now()));
  const call = mine && attemptCall(services, ref, mine);
  return call
    ? placeCall(services, call, placing(services, mine.recipient, ref, outage))
    : superseded('another copy of this message was first');
}

/** Why the attempt must not be dialled now. */
function whyLater(
  services: Services,
  outage: Outage,
  { timeZone, line }: Recipient,
): { readonly why: string; readonly until: Date } | undefined {
  const now = services.now();
  if (outage.state === 'paused') return { why: 'the outage is paused', until: now };
  const until = callableFrom(now, outage.quietHours, timeZone);
  if (until > now) return { why: 'the recipient’s quiet hours have begun', until };
  // The settings have changed since the line was given away.
  if (line && !isLineOf(services, outage, line))
    return { why: 'CALLER_NUMBERS does not name its line any more', until };
  return undefined;
}

/** The lease decides about a recipient who must not be called by now. */
async function dialAgain(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  outage: Outage,
): Promise<Handled> {
  const call = attemptCall(services, ref, stored);
  if (!call) return superseded('the attempt is not in progress');
  return placeAgain(services, call, placing(services, stored.recipient, ref, outage), async () => {
    // The result of an earlier attempt came late, while this one was being dialled.
    if (isSettled(stored.recipient, outage.retry)) return 'an earlier attempt has ended the matter';
    const later = whyLater(services, outage, stored.recipient);
    if (later) return later.why;
    if (isCalledOff(outage, services.now())) return 'cancelled';
    return (await pass(services, stored.recipient.identifier, intended(ref, outage)))?.why;
  });
}

/** The recipient gets an outcome without a call. */
async function neverCalled(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  { outcome, reason }: { readonly outcome: Outcome; readonly reason?: string },
): Promise<Handled> {
  await concludeAttempt(services, ref, { outcome, reason }, stored);
  return superseded(`the recipient must not be called: ${reason ?? outcome}`);
}

const intended = ({ outageId, recipientId, attempt }: AttemptRef, outage: Outage): IntendedCall => ({
  name: `${outageId}|${recipientId}|${attempt}`,
  isAllClear: outage.allClearFor !== undefined,
  isEmergency: isEmergency(outage),
});

const placing =
  (services: Services, recipient: Recipient, ref: AttemptRef, outage: Outage): Place =>
  async (as) =>
    services.calls.createCall(await requestFor(services, recipient, ref, outage, as), as);

async function requestFor(
  services: Services,
  recipient: Recipient,
  ref: AttemptRef,
  outage: Outage,
  { firstAskedAt }: RequestIdentity,
): Promise<PlaceCallRequest> {
  return {
    targets: [recipient.identifier],
    subject: outage.title,
    callbackUri: await services.callbacks.uriFor({ kind: 'attempt', ...ref }, firstAskedAt),
    // It matters only if somebody else can join the call.
    reportsParticipants: outage.script.operators.length > 0,
    caller: recipient.line?.number,
  };
}
