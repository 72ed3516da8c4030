import { CallAutomationError } from '../call-automation/errors.ts';
import { isOurFault, type Meaning } from '../call-automation/meaning.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { noteTrouble } from '../outages/caller-standing.ts';
import { isResting, restingAs, restingNote, verdictOn } from '../rules/calls/breaker.ts';
import { marginMs } from '../rules/calls/leases.ts';
import { done, type Handled, postponed, type Services, superseded } from '../services/services.ts';
import type { OwnedCall } from './owned-call.ts';

/**
 * Places a call once, for both kinds of owner. The caller has claimed the call by a conditional write before, so that a
 * redelivered message finds the claim. If no answer comes, the call may have been placed. A service that recognises a
 * repeated request is asked again and answers with the same call; with another one, the first event of the call tells,
 * or the end of the lease.
 */
export async function placeCall(
  services: Services,
  call: OwnedCall,
  place: Place,
  isRepetition = false,
): Promise<Handled> {
  if (isLeaseEnding(services, call.leaseUntil)) return tooLate(services, call, isRepetition);
  try {
    const { callLegId } = await place(identityOf(call));
    await call.bind(callLegId);
    return done(`${call.name} is call leg ${callLegId}`);
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    return onRefusal(services, call, error, isRepetition);
  }
}

/**
 * True shortly before a lease ends and after: a call placed then could outlive it, and the timer would give its line
 * away, or start the attempt again, while the service is still being asked. Storage may take its time to answer a
 * claim, so this is checked immediately before each request.
 */
export const isLeaseEnding = ({ settings, now }: Services, leaseUntil: Date): boolean =>
  !(leaseUntil.getTime() - now().getTime() > marginMs(settings.limits));

/** The claim was saved, and its answer came too late to act on it. */
async function tooLate(services: Services, call: OwnedCall, isRepetition: boolean): Promise<Handled> {
  // With a service that recognises repeated requests, another copy of the message may have asked on the same claim.
  const mayBePlaced = isRepetition || services.calls.isRepeatable;
  if (mayBePlaced || !(await call.withdraw())) return superseded(`the lease of ${call.name} is about to end`);
  return postponed(`the lease of ${call.name} is about to end: it is placed later`);
}

/** Asks the service to place the call. */
export type Place = (as: RequestIdentity) => Promise<{ callLegId: string }>;

/**
 * Repeats the request of a claimed call without a call leg, for a service that recognises it. Waits until the process
 * that claimed the call cannot be asking any more.
 * @param obstacle why the call must not be placed now. The repetition may be the first request that reaches the
 * service.
 */
export async function placeAgain(
  services: Services,
  call: OwnedCall,
  place: Place,
  obstacle: () => Promise<string | undefined>,
): Promise<Handled> {
  const leftMs = Date.parse(call.askedAt ?? '') + services.settings.limits.requestMs - services.now().getTime();
  if (leftMs > 0) return repeatLater(call, leftMs);
  const why = await obstacle();
  if (why !== undefined) return superseded(`${call.name} may have been placed; not requested again: ${why}`);
  return placeCall(services, call, place, true);
}

/**
 * A call that was postponed is a new request when its turn comes again, so the time of the claim is part of the
 * identity.
 */
function identityOf({ purpose, askedAt = '' }: OwnedCall): RequestIdentity {
  const whose =
    purpose.kind === 'attempt'
      ? `attempt ${purpose.outageId} ${purpose.recipientId} ${purpose.attempt}`
      : `request ${purpose.requestId}`;
  return { identity: `${whose} ${askedAt}`, firstAskedAt: new Date(askedAt) };
}

async function onRefusal(
  services: Services,
  call: OwnedCall,
  error: CallAutomationError,
  isRepetition: boolean,
): Promise<Handled> {
  const code = `${error.status || 'no answer'} ${error.code}`;
  const mayBeRepeated = error.mayHaveHappened || isPassing(error);
  // The refusal of a repetition says nothing about the first request: its call may be live, so the lease decides.
  if (error.mayHaveHappened || isRepetition) {
    if (services.calls.isRepeatable && mayBeRepeated) return repeatLater(call, services.settings.limits.requestMs);
    return { result: 'unanswered', why: `${call.name} may have been placed (${code}); its lease decides` };
  }
  const { isOurs, mayWait, note } = await ourFault(services, call, error);
  if (!(isOurs ? mayWait : isPassing(error))) return call.refuse(code, error);
  const waitMs = error.retryAfterMs ?? call.patienceMs;
  const now = services.now();
  const isPostponed = await call.postpone(new Date(now.getTime() + waitMs), isOurs ? now.toISOString() : undefined);
  if (!isPostponed) return superseded(`${call.name} changed while the service was asked (${code})`);
  return postponed(`${call.name} is placed again in ${Math.ceil(waitMs / 1000)} s (${code})${note}`);
}

/**
 * A refusal that concerns us is counted against the caller number. The call waits for us to mend the reason, unless others were
 * reached meanwhile. A request by hand that the service calls wrong is refused, for a person to see, unless its number rests.
 */
async function ourFault(
  services: Services,
  call: OwnedCall,
  { means, status, code }: CallAutomationError,
): Promise<{ isOurs: boolean; mayWait: boolean; note: string }> {
  if (!isOurFault(means)) return { isOurs: false, mayWait: false, note: '' };
  const { line, purpose, askedAt = '' } = call;
  const trouble = {
    means: 'ours',
    code: `${status} ${code}`,
    whose: identityOf(call).identity,
    placedAt: askedAt,
  } as const;
  const standing = line && (await noteTrouble(services, line.number, trouble));
  const isPatient = purpose.kind === 'attempt' || means === 'denied' || (standing && isResting(standing.caller));
  const resting = standing?.hasTripped ? restingAs(standing.caller) : undefined;
  return {
    isOurs: true,
    mayWait: isPatient === true && verdictOn('ours', standing, call.refusedAt, askedAt) === 'postpone',
    note: resting ? `; ${restingNote(resting)}` : '',
  };
}

async function repeatLater(call: OwnedCall, ms: number): Promise<Handled> {
  const seconds = Math.ceil(ms / 1000);
  await call.resend(seconds);
  return postponed(`${call.name} may have been placed; the same request is sent again in ${seconds} s`);
}

/** Refusals that pass. None of them is the fault of the callee or of the message. One set for both kinds of owner. */
const PASSING: ReadonlySet<Meaning> = new Set(['unreachable', 'denied', 'limit', 'congested', 'notNow']);

const isPassing = ({ means }: CallAutomationError): boolean => PASSING.has(means);
