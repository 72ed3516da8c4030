import { CallAutomationError } from '../call-automation/errors.ts';
import type { PlaceCallRequest, RequestIdentity } from '../call-automation/port.ts';
import { concludeAttempt, DEFAULT_PATIENCE_MS, deferAttempt, postponeAttempt } from '../outages/conclude.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { bound, claimed, refusalToDial } from '../rules/outages/attempts.ts';
import { isCalledOff } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { done, type Handled, postponed, type Services, superseded } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { askingMs, isPassing, mayBePlaced, stillAskingMs } from './asking-again.ts';

/**
 * Dials one attempt of an outage, once: the attempt is claimed by a conditional write before the service is asked, and a
 * message that comes again finds the claim. Where no answer comes the call may have been placed. A service that knows requests
 * by their id is asked again, and tells of the same call; with another, the call's first event will tell, or the end of its lease.
 */
export async function startAttempt(services: Services, ref: AttemptRef): Promise<Handled> {
  const stored = await services.recipients.find(ref);
  const { leaseMs } = services.settings.limits;
  const refusal = refusalToDial(stored?.recipient, ref, services.now(), leaseMs / 4, services.calls.isRepeatable);
  if (!stored || refusal) return superseded(refusal ?? 'the recipient is not in the outage');

  // As it is now: once somebody has been told that it is paused or stopped, no call that begins after that is placed.
  const outage = await services.outages.current(ref.outageId);
  if (stored.recipient.phase === 'dialling') return dialAgain(services, ref, stored, outage);
  const obstacle = await whyNotToCall(services, outage, ref);
  if (obstacle) {
    await concludeAttempt(services, ref, { outcome: obstacle }, stored);
    return superseded(`the recipient must not be called: ${obstacle}`);
  }

  const now = services.now();
  if (outage.state === 'paused') {
    await deferAttempt(services, ref, stored, now);
    return postponed('the outage is paused');
  }
  const allowedFrom = callableFrom(now, outage.quietHours, stored.recipient.timeZone);
  if (allowedFrom > now) {
    await deferAttempt(services, ref, stored, allowedFrom);
    return postponed('the recipient’s quiet hours have begun');
  }

  const mine = await services.recipients.save(ref, stored, claimed(stored.recipient, now));
  return mine ? dial(services, ref, mine, outage) : superseded('another copy of this message was first');
}

/**
 * The same request is made again. It may be the first that arrives, so whoever must not be called by now is not: the end of
 * the lease decides.
 */
async function dialAgain(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  outage: Outage,
): Promise<Handled> {
  const left = stillAskingMs(services, stored.recipient.askedAt);
  if (left > 0) return askLater(services, ref, left);
  const now = services.now();
  const isQuiet = callableFrom(now, outage.quietHours, stored.recipient.timeZone) > now;
  const obstacle =
    isQuiet || outage.state === 'paused' ? 'it is no time to call' : await whyNotToCall(services, outage, ref);
  if (obstacle) return superseded(`the call may have been placed, and is not asked for again: ${obstacle}`);
  return dial(services, ref, stored, outage, true);
}

async function askLater(services: Services, ref: AttemptRef, ms: number): Promise<Handled> {
  const seconds = Math.ceil(ms / 1000);
  await services.queues.send('start-call', ref, seconds);
  return postponed(`the call may have been placed; asked for again, as the same request, in ${seconds} s`);
}

async function dial(
  services: Services,
  ref: AttemptRef,
  mine: StoredRecipient,
  outage: Outage,
  isAgain = false,
): Promise<Handled> {
  try {
    const asked = identityOf(mine.recipient, ref);
    const request = await requestFor(services, mine.recipient, ref, outage, asked);
    const { callLegId } = await services.calls.createCall(request, asked);
    await services.recipients.save(ref, mine, bound(mine.recipient, callLegId));
    return done(`attempt ${ref.attempt} of ${ref.recipientId} in ${ref.outageId} is call leg ${callLegId}`);
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    return refused(services, ref, error, isAgain);
  }
}

/** A claim is one request: an attempt that was postponed keeps its number, and is another request when its turn comes again. */
function identityOf({ askedAt = '' }: Recipient, { outageId, recipientId, attempt }: AttemptRef): RequestIdentity {
  return { identity: `attempt ${outageId} ${recipientId} ${attempt} ${askedAt}`, firstAskedAt: new Date(askedAt) };
}

async function whyNotToCall(
  services: Services,
  outage: Outage,
  { recipientId }: AttemptRef,
): Promise<'cancelled' | 'optedOut' | undefined> {
  if (isCalledOff(outage, services.now())) return 'cancelled';
  return (await services.optOuts.has(recipientId)) ? 'optedOut' : undefined;
}

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
    requestedModalities: ['audio'],
    // Who is in the call matters only where somebody else can come into it.
    requestedCallEvents:
      outage.script.operators.length > 0 ? ['participantsUpdated', 'dtmfReceived'] : ['dtmfReceived'],
    ...(recipient.line && { sourceAlternateIdentity: { value: recipient.line.number } }),
  };
}

async function refused(
  services: Services,
  ref: AttemptRef,
  error: CallAutomationError,
  isAgain: boolean,
): Promise<Handled> {
  const code = `${error.status || 'no answer'} ${error.code}`;
  if (mayBePlaced(error, isAgain)) {
    if (services.calls.isRepeatable) return askLater(services, ref, askingMs(services));
    return { result: 'unanswered', why: `the call may have been placed (${code})` };
  }
  if (isPassing(error)) {
    const wait = error.retryAfterMs ?? DEFAULT_PATIENCE_MS;
    await postponeAttempt(services, ref, new Date(services.now().getTime() + wait));
    return postponed(`asked again in ${Math.ceil(wait / 1000)} s (${code})`);
  }
  await concludeAttempt(services, ref, { outcome: 'failed', reason: `refused: ${code}` });
  return done(`the service refused the call (${code})`);
}
