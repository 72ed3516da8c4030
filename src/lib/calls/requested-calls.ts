import { ConflictError, UnansweredError } from '../base/errors.ts';
import { CallAutomationError } from '../call-automation/errors.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { mustBePlayable } from '../call-automation/speech.ts';
import type { JoinCall, StartRequestedCall } from '../rules/calls/actions.ts';
import type { RequestPurpose } from '../rules/calls/purpose.ts';
import { done, type Handled, postponed, type Services, superseded } from '../services/services.ts';
import { type CallRequest, dueTimeOf, type StoredRequest } from '../storage/call-requests.ts';
import { askingMs, mayBePlaced, stillAskingMs } from './asking-again.ts';
import { takeLine } from './request-lines.ts';

/** How long a request waits for a line, or for a service that is out of reach, ms; then the timer sends its message again. */
const WAIT_MS = 5_000;

/** The operations that place a call carry these in common. */
type Placing = Parameters<Services['calls']['joinCall']>[1];

/** Asks the service for a request's call. */
type Place = (request: CallRequest, placing: Placing, asked: RequestIdentity) => Promise<{ callLegId: string }>;

/**
 * Calls somebody by hand, once a request: plays the audio if there is one, and hangs up. Phones need a line like any other call.
 * @throws UnansweredError where the call may have been placed and nothing was heard of it: a person must look.
 */
export async function startRequestedCall(
  services: Services,
  given: StartRequestedCall,
  messageId: string,
): Promise<Handled> {
  const requestId = given.requestId ?? messageId;
  const message = { ...given, requestId };
  mustBePlayable(services.calls, 'The call cannot be placed', { speech: message.speech });
  const place: Place = ({ line }, placing, asked) =>
    services.calls.createCall(
      { ...placing, targets: message.targets, ...(line && { sourceAlternateIdentity: { value: line.number } }) },
      asked,
    );
  const before = await services.requests.find(requestId);
  if (before && before.request.phase !== 'waiting') return asItIs(services, before, place);

  const request: CallRequest = { requestId, queue: 'start-call', message, phase: 'waiting' };
  const needsLine = message.targets.some(({ phoneNumber }) => phoneNumber !== undefined);
  const line = needsLine ? await takeLine(services, message.callerNumber, requestId) : undefined;
  if (needsLine && !line) return waitFor(services, before, request, 'a free line', WAIT_MS);
  return placeOnce(services, before, { ...request, line }, place);
}

/**
 * Joins a conversation, once a request; plays the audio if there is one and leaves, otherwise stays until told to leave.
 * @throws UnansweredError like startRequestedCall.
 */
export async function joinCall(services: Services, given: JoinCall, messageId: string): Promise<Handled> {
  const requestId = given.requestId ?? messageId;
  const message = { ...given, requestId };
  mustBePlayable(services.calls, 'The call cannot be joined', { speech: message.speech });
  const place: Place = (_request, placing, asked) => services.calls.joinCall(message.conversationId, placing, asked);
  const before = await services.requests.find(requestId);
  if (before && before.request.phase !== 'waiting') return asItIs(services, before, place);
  return placeOnce(services, before, { requestId, queue: 'join-call', message, phase: 'waiting' }, place);
}

/** Whoever joined a conversation is a guest in it. */
export const purposeOf = ({ queue, requestId }: CallRequest): RequestPurpose =>
  queue === 'join-call' ? { kind: 'request', requestId, as: 'guest' } : { kind: 'request', requestId };

/** A request that was claimed is not claimed again. Where the service knows requests, it can be asked what became of it. */
async function asItIs(services: Services, stored: StoredRequest, place: Place): Promise<Handled> {
  const { requestId, callLegId, phase } = stored.request;
  if (callLegId) return superseded(`request ${requestId} is call leg ${callLegId} already`);
  if (phase === 'dialling') {
    if (services.calls.isRepeatable) return askAgain(services, stored, place);
    return superseded(`request ${requestId} is being placed; its lease tells what became of it`);
  }
  throw new UnansweredError(
    `Request ${requestId} was sent to the service and nothing was heard of its call, which may have been placed. ` +
      'See whether it was before you enqueue it again, with another requestId',
  );
}

/** The timer sends the message again when its time has come: see tend-requests.ts. */
async function waitFor(
  services: Services,
  before: StoredRequest | undefined,
  request: CallRequest,
  what: string,
  ms: number,
): Promise<Handled> {
  const waiting = { ...request, phase: 'waiting' as const, line: undefined };
  const saved = await services.requests.save(before, waiting, new Date(services.now().getTime() + ms));
  return saved ? postponed(`request ${request.requestId} waits for ${what}`) : superseded(ANOTHER_COPY);
}

const ANOTHER_COPY = 'another copy of this message was first';

/** Claims the request and places its call. One that was not placed may be asked for again; one that may have been, not. */
async function placeOnce(
  services: Services,
  before: StoredRequest | undefined,
  request: CallRequest,
  place: Place,
): Promise<Handled> {
  const { line } = request;
  const now = services.now();
  const leaseUntil = new Date(now.getTime() + services.settings.limits.leaseMs);
  const claimed = { ...request, phase: 'dialling' as const, askedAt: now.toISOString() };
  const mine = await services.requests.save(before, claimed, leaseUntil);
  if (!mine) {
    if (line) await services.lines.free(line, services.now());
    return superseded(ANOTHER_COPY);
  }
  return ask(services, mine, place);
}

async function ask(services: Services, mine: StoredRequest, place: Place, isAgain = false): Promise<Handled> {
  const { request } = mine;
  try {
    const asked = identityOf(request);
    const { callLegId } = await place(request, await placingFor(services, request, asked), asked);
    await bindRequest(services, request.requestId, callLegId);
    return done(`request ${request.requestId} is call leg ${callLegId}`);
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    return refused(services, mine, error, isAgain);
  }
}

async function askAgain(services: Services, stored: StoredRequest, place: Place): Promise<Handled> {
  // Shortly before its lease ends it would be given up, and its line away, while the service is still being asked.
  const leaseLeft = dueTimeOf(stored.request).getTime() - services.now().getTime();
  if (!(leaseLeft > services.settings.limits.leaseMs / 4)) {
    return superseded(`the lease of request ${stored.request.requestId} is about to end`);
  }
  const left = stillAskingMs(services, stored.request.askedAt);
  return left > 0 ? askLater(services, stored.request, left) : ask(services, stored, place, true);
}

async function askLater(services: Services, { queue, message }: CallRequest, ms: number): Promise<Handled> {
  const seconds = Math.ceil(ms / 1000);
  await services.queues.send(queue, message, seconds);
  return postponed(`the call may have been placed; asked for again, as the same request, in ${seconds} s`);
}

/** A claim is one request to the service; one that was put off is another when its turn comes again. */
const identityOf = ({ requestId, askedAt = '' }: CallRequest): RequestIdentity => ({
  identity: `request ${requestId} ${askedAt}`,
  firstAskedAt: new Date(askedAt),
});

const placingFor = async (
  services: Services,
  request: CallRequest,
  { firstAskedAt }: RequestIdentity,
): Promise<Placing> => ({
  callbackUri: await services.callbacks.uriFor(purposeOf(request), firstAskedAt),
  requestedModalities: ['audio'],
  requestedCallEvents: ['participantsUpdated', 'dtmfReceived'],
  ...(request.message.subject !== undefined && { subject: request.message.subject }),
});

/** The service is asked for too much, or out of reach: neither is the fault of the message. */
const PASSING: ReadonlySet<number> = new Set([0, 429]);

async function refused(
  services: Services,
  mine: StoredRequest,
  error: CallAutomationError,
  isAgain: boolean,
): Promise<Handled> {
  const code = `${error.status || 'no answer'} ${error.code}`;
  if (mayBePlaced(error, isAgain)) {
    if (services.calls.isRepeatable) return askLater(services, mine.request, askingMs(services));
    // Its first event tells whether it was placed, or the end of its lease.
    return { result: 'unanswered', why: `the call may have been placed (${code})` };
  }
  const { line } = mine.request;
  const wait = PASSING.has(error.status) ? (error.retryAfterMs ?? WAIT_MS) : 0;
  if (line) await services.lines.free(line, new Date(services.now().getTime() + wait));
  if (wait > 0) return waitFor(services, mine, mine.request, `the service (${code})`, wait);
  await services.requests.release(mine);
  throw error;
}

/** Others may write the same request at the same time; that often in a row means that something is wrong. */
const TRIES = 10;

/**
 * A call has got its name, from the service or from its first event.
 * @returns false if the request was given up before: nobody looks after the call.
 */
export async function bindRequest(services: Services, requestId: string, callLegId: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await services.requests.find(requestId);
    // An invitation out of call has no request of its own, only a callback.
    if (!stored || stored.request.callLegId !== undefined) return true;
    if (stored.request.phase === 'done') return false;
    if (await services.requests.save(stored, { ...stored.request, callLegId }, 'unchanged')) return true;
  }
  throw new ConflictError(`Request ${requestId} could not be bound to its call: its row keeps changing`);
}

/**
 * The request's call was not placed, for there were too many: it is placed once one of them has ended.
 * @param callLegId the call that was told not to have been placed; the request may have another by now.
 */
export async function postponeRequest(
  services: Services,
  requestId: string,
  callLegId: string,
  until: Date,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await services.requests.find(requestId);
    if (!stored || stored.request.callLegId !== callLegId || stored.request.phase === 'done') return;
    const { line, ...request } = stored.request;
    const waiting = { ...request, phase: 'waiting' as const, callLegId: undefined, isEnding: undefined };
    if (!(await services.requests.save(stored, waiting, until))) continue;
    if (line) await services.lines.free(line, until);
    return;
  }
  throw new ConflictError(`Request ${requestId} could not be postponed: its row keeps changing`);
}

/** The request's call is over: its line is free, and nobody looks any more. Nothing is done if it has changed since it was read. */
export async function concludeRequest(services: Services, stored: StoredRequest): Promise<boolean> {
  const { request } = stored;
  const done = await services.requests.save(stored, { ...request, phase: 'done', line: undefined }, undefined);
  if (done && request.line) await services.lines.free(request.line, services.now());
  return done !== undefined;
}

/** The service has said that the request's call is over. */
export async function endRequest(services: Services, requestId: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await services.requests.find(requestId);
    if (!stored || stored.request.phase === 'done' || (await concludeRequest(services, stored))) return;
  }
  throw new ConflictError(`Request ${requestId} could not be concluded: its row keeps changing`);
}
