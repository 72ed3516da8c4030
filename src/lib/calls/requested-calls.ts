import { InvalidInputError, UnansweredError } from '../base/errors.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { mustBeReachable, mustEnter } from '../call-automation/reach.ts';
import { mustBePlayable } from '../call-automation/speech.ts';
import { untilTurn } from '../outages/turns.ts';
import { isStartRequest, type JoinCall, type StartRequestedCall } from '../rules/calls/actions.ts';
import { type Handled, type Services, superseded } from '../services/services.ts';
import { type CallRequest, dueTimeOf, type StoredRequest } from '../storage/call-requests.ts';
import { unused } from '../storage/lines.ts';
import { isLeaseEnding, type Place, placeAgain, placeCall } from './place-call.ts';
import { admit, NO_TERMS, type Terms, termsOf } from './request-gate.ts';
import { ANOTHER_COPY, needsLine, postponeUntil, purposeOf, requestCall } from './request-owner.ts';

/** What creating and joining a call have in common. */
type Placing = Parameters<Services['calls']['joinCall']>[1];

/** Asks the service for the call of a request. */
type PlaceRequest = (request: CallRequest, placing: Placing, as: RequestIdentity) => Promise<{ callLegId: string }>;

/**
 * Calls somebody by hand, once per request: plays the audio if there is one, and hangs up. A phone needs a line, as in
 * an outage.
 * @throws UnansweredError if the call may have been placed and no event about it arrived: a person must check.
 */
export async function startRequestedCall(
  services: Services,
  given: StartRequestedCall,
  messageId: string,
): Promise<Handled> {
  const message = { ...given, requestId: given.requestId ?? messageId };
  mustBePlayable(services, 'The call cannot be placed', soundsOf(message));
  const request: CallRequest = { requestId: message.requestId, queue: 'start-call', message, phase: 'waiting' };
  const { callerNumber, targets } = message;
  const any = needsLine(request) ? services.settings.callers.map(({ number }) => number) : [undefined];
  const callers = needsLine(request) && callerNumber !== undefined ? [callerNumber] : any;
  mustBeReachable(services.calls, callers, 'The call cannot be placed', 'targets', targets);
  return handleRequest(services, request, termsOf(services, message), ({ line, message: asked }, placing, as) =>
    services.calls.createCall(
      {
        ...placing,
        targets: isStartRequest(asked) ? asked.targets : targets,
        caller: line?.number,
      },
      as,
    ),
  );
}

const soundsOf = ({ audioFileUri, speech }: StartRequestedCall | JoinCall) => ({ audioFileUri, speech });

/**
 * Joins a conversation, once per request. Plays the audio if there is one and leaves; otherwise stays until told to
 * leave.
 * @throws UnansweredError like startRequestedCall.
 */
export async function joinCall(services: Services, given: JoinCall, messageId: string): Promise<Handled> {
  const message = { ...given, requestId: given.requestId ?? messageId };
  mustEnter(services.calls, 'The call cannot be joined');
  mustBePlayable(services, 'The call cannot be joined', soundsOf(message));
  const request: CallRequest = { requestId: message.requestId, queue: 'join-call', message, phase: 'waiting' };
  return handleRequest(services, request, NO_TERMS, (_request, placing, as) =>
    services.calls.joinCall(message.conversationId, placing, as),
  );
}

/** Claims the request and places its call; a redelivered message finds the claim. */
async function handleRequest(
  services: Services,
  fresh: CallRequest,
  terms: Terms,
  place: PlaceRequest,
): Promise<Handled> {
  const before = await services.requests.find(fresh.requestId);
  // A copy of the message changes nothing about what was asked for.
  const request = before?.request ?? fresh;
  if (before && before.request.phase !== 'waiting') return alreadyClaimed(services, before, place, terms);
  const { line, startAt, obstacle } = await admit(services, request, terms).catch(async (error) => {
    // Otherwise the timer would send its message again for ever.
    if (before && error instanceof InvalidInputError) await services.requests.release(before);
    throw error;
  });
  if (obstacle?.until) {
    const waiting = { ...request, waitsFor: obstacle.waitsFor };
    return postponeUntil(services, before, waiting, obstacle.why, obstacle.until);
  }
  if (obstacle) {
    if (before) await services.requests.save(before, { ...before.request, phase: 'done' }, undefined);
    return superseded(`request ${fresh.requestId} is not placed: ${obstacle.why}`);
  }
  if (startAt) await untilTurn(services, startAt);
  const now = services.now();
  const claimed: CallRequest = { ...request, line, phase: 'dialling', askedAt: now.toISOString() };
  const leaseUntil = new Date(now.getTime() + services.settings.limits.leaseMs);
  const mine = await services.requests.save(before, claimed, leaseUntil);
  if (mine) return placeCall(services, requestCall(services, mine), placing(services, mine, place));
  if (line) await services.lines.free(unused(line), services.now());
  return superseded(ANOTHER_COPY);
}

/** A claimed request is not claimed again. A service that recognises a repeated request can be asked for its call. */
async function alreadyClaimed(
  services: Services,
  stored: StoredRequest,
  place: PlaceRequest,
  terms: Terms,
): Promise<Handled> {
  const { requestId, callLegId, phase } = stored.request;
  if (callLegId) return superseded(`request ${requestId} is call leg ${callLegId} already`);
  if (phase !== 'dialling') {
    throw new UnansweredError(
      `Request ${requestId} was sent to the service and no event about its call arrived; the call may have been placed. ` +
        'Check whether it was before you enqueue it again with another requestId',
    );
  }
  if (!services.calls.isRepeatable) return superseded(`request ${requestId} is being placed; its lease decides`);
  // Shortly before the lease ends it is too late: the timer would give the call up, and its line away, while the service
  // is still being asked.
  if (isLeaseEnding(services, dueTimeOf(stored.request))) {
    return superseded(`the lease of request ${requestId} is about to end`);
  }
  const call = requestCall(services, stored);
  return placeAgain(services, call, placing(services, stored, place), async () => (await terms.obstacle())?.why);
}

const placing =
  (services: Services, { request }: StoredRequest, place: PlaceRequest): Place =>
  async (as) =>
    place(
      request,
      {
        callbackUri: await services.callbacks.uriFor(purposeOf(request), as.firstAskedAt),
        reportsParticipants: true,
        ...(request.message.subject !== undefined && { subject: request.message.subject }),
      },
      as,
    );
