import { CallAutomationError } from '../call-automation/errors.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { mustBePlayable, type Sound } from '../call-automation/speech.ts';
import { InvalidInputError, UnansweredError } from '../errors.ts';
import { LINE_GRACE_MS } from '../outages/dispatcher.ts';
import { DEFAULT_LINES } from '../outages/outage.ts';
import type { HeldLine } from '../outages/recipient.ts';
import { done, type Handled, postponed, type Services, superseded } from '../services.ts';
import type { CallRequest } from '../storage/call-requests.ts';
import { isFree, linesOf } from '../storage/lines.ts';
import type { JoinCall, StartRequestedCall } from './actions.ts';
import type { RequestPurpose } from './purpose.ts';
import { announcement } from './script.ts';

/** How long a request waits for a line before it looks again, s. */
const LINE_WAIT_SECONDS = 5;

/** Requested calls are hung up by this action when their time is over, however they were left. */
const TIME_LIMIT = 'time-limit';

/**
 * Calls somebody by hand, once a request: plays the audio if there is one, and hangs up. Phones need a line like any other call.
 * @throws UnansweredError where the call may have been placed and nothing was heard of it: a person must look.
 */
export async function startRequestedCall(
  services: Services,
  message: StartRequestedCall,
  messageId: string,
): Promise<Handled> {
  const requestId = message.requestId ?? messageId;
  mustBePlayable(services.calls, 'The call cannot be placed', { speech: message.speech });
  const request = await services.requests.find(requestId);
  if (request && !canAskAgain(services, request)) return claimedBefore(requestId, request);

  const needsLine = message.targets.some(({ phoneNumber }) => phoneNumber !== undefined);
  const line = request?.line ?? (needsLine ? await takeLine(services, message.callerNumber, requestId) : undefined);
  if (needsLine && !line) return waitForLine(services, { ...message, requestId }, LINE_WAIT_SECONDS);
  const asked = await claim(services, requestId, soundOf(message), line, request);
  if (!asked) {
    if (line) await services.lines.free(line, services.now());
    return superseded('another copy of this message was first');
  }
  const purpose = { kind: 'request', requestId } as const;
  const place = async () =>
    services.calls.createCall(
      {
        ...(await placing(services, purpose, message.subject, asked)),
        targets: message.targets,
        ...(line && { sourceAlternateIdentity: { value: line.number } }),
      },
      asked,
    );
  return placed(services, purpose, place, async (error) => {
    const isThrottled = error.status === 429;
    const wait = error.retryAfterMs ?? LINE_WAIT_SECONDS * 1000;
    if (line) await services.lines.free(line, new Date(services.now().getTime() + (isThrottled ? wait : 0)));
    if (!isThrottled) throw error;
    return waitForLine(services, { ...message, requestId }, Math.ceil(wait / 1000));
  });
}

/**
 * Joins a conversation, once a request; plays the audio if there is one and leaves, otherwise stays until told to leave.
 * @throws UnansweredError like startRequestedCall.
 */
export async function joinCall(services: Services, message: JoinCall, messageId: string): Promise<Handled> {
  const requestId = message.requestId ?? messageId;
  mustBePlayable(services.calls, 'The call cannot be joined', { speech: message.speech });
  const request = await services.requests.find(requestId);
  if (request && !canAskAgain(services, request)) return claimedBefore(requestId, request);
  const asked = await claim(services, requestId, soundOf(message), undefined, request);
  if (!asked) return superseded('another copy of this message was first');
  const purpose = { kind: 'request', requestId, as: 'guest' } as const;
  const place = async () =>
    services.calls.joinCall(message.conversationId, await placing(services, purpose, message.subject, asked), asked);
  return placed(services, purpose, place, (error) => {
    throw error;
  });
}

/** A call has got its name, from the service or from its first event: from now on it is sure to end. */
export async function bindRequest(services: Services, purpose: RequestPurpose, callLegId: string): Promise<void> {
  const { requestId } = purpose;
  const request = await services.requests.find(requestId);
  if (!request || request.callLegId !== undefined) return;
  const { maxCallMs } = services.settings.limits;
  const leave = purpose.as === undefined ? {} : { leave: true };
  await services.queues.send('hang-up', { callLegId, ...leave, operationContext: TIME_LIMIT }, maxCallMs / 1000);
  const until = new Date(services.now().getTime() + maxCallMs + LINE_GRACE_MS);
  const line = request.line && (await services.lines.lease(request.line, holderOf(requestId), until));
  await services.requests.bind(requestId, { callLegId, line });
}

const holderOf = (requestId: string): string => `request|${requestId}`;

/**
 * A call that was asked for and has no name yet may be asked for again where the same request is the same call, for as long as
 * its line is its own.
 */
function canAskAgain({ calls, settings, now }: Services, { callLegId, claimedAt }: CallRequest): boolean {
  const age = now().getTime() - Date.parse(claimedAt);
  return calls.isRepeatable && callLegId === undefined && age < settings.limits.leaseMs;
}

/** A request that was claimed is not dialled again; if its call has no name by then, nobody knows whether it was placed. */
function claimedBefore(requestId: string, request: CallRequest): Handled {
  if (request.callLegId) return superseded(`request ${requestId} is call leg ${request.callLegId} already`);
  throw unanswered(requestId);
}

const unanswered = (requestId: string, cause?: unknown): UnansweredError =>
  new UnansweredError(
    `Request ${requestId} was sent to the service and nothing was heard of its call, which may have been placed. ` +
      'See whether it was before you enqueue it again, with another requestId',
    { cause },
  );

/** The number to show and the line that goes with it. Its lease is short until the call is known to be there. */
async function takeLine(
  services: Services,
  callerNumber: string | undefined,
  requestId: string,
): Promise<HeldLine | undefined> {
  const { callers, limits } = services.settings;
  const known = callers.filter(({ number }) => callerNumber === undefined || number === callerNumber);
  const usable = known.length > 0 || !callerNumber ? known : [{ number: callerNumber, lines: DEFAULT_LINES }];
  if (usable.length === 0) throw new InvalidInputError('The call cannot be placed', ['CALLER_NUMBERS is empty']);
  const now = services.now();
  await services.lines.ensure(usable, await services.lines.list());
  const until = new Date(now.getTime() + limits.leaseMs + LINE_GRACE_MS);
  for (const line of linesOf(usable, await services.lines.list())) {
    const held = isFree(line, now) && (await services.lines.lease(line, holderOf(requestId), until));
    if (held) return held;
  }
  return undefined;
}

async function waitForLine(services: Services, message: StartRequestedCall, seconds: number): Promise<Handled> {
  await services.queues.send('start-call', message, seconds);
  return postponed(`request ${message.requestId} waits ${seconds} s for a line`);
}

const soundOf = ({ audioFileUri, speech }: StartRequestedCall | JoinCall): Sound | undefined => audioFileUri ?? speech;

/** @returns which request it is from now on: a claim is one request. Undefined if somebody else was first. */
async function claim(
  services: Services,
  requestId: string,
  sound: Sound | undefined,
  line: HeldLine | undefined,
  before: CallRequest | undefined,
): Promise<RequestIdentity | undefined> {
  const script = sound === undefined ? undefined : announcement(sound);
  const claimedAt = before?.claimedAt ?? services.now().toISOString();
  const isMine = before !== undefined || (await services.requests.claim(requestId, { script, line, claimedAt }));
  return isMine ? { identity: `request ${requestId} ${claimedAt}`, firstAskedAt: new Date(claimedAt) } : undefined;
}

const placing = async (
  services: Services,
  purpose: RequestPurpose,
  subject: string | undefined,
  { firstAskedAt }: RequestIdentity,
) => ({
  callbackUri: await services.callbacks.uriFor(purpose, firstAskedAt),
  requestedModalities: ['audio' as const],
  requestedCallEvents: ['participantsUpdated' as const, 'dtmfReceived' as const],
  ...(subject !== undefined && { subject }),
});

/** Places the call. One that was not placed may be asked for again; one that may have been, not. */
async function placed(
  services: Services,
  purpose: RequestPurpose,
  place: () => Promise<{ callLegId: string }>,
  onRefusal: (error: CallAutomationError) => Promise<Handled>,
): Promise<Handled> {
  const { requestId } = purpose;
  try {
    const { callLegId } = await place();
    await bindRequest(services, purpose, callLegId);
    return done(`request ${requestId} is call leg ${callLegId}`);
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    if (error.mayHaveHappened) throw services.calls.isRepeatable ? error : unanswered(requestId, error);
    await services.requests.release(requestId);
    return onRefusal(error);
  }
}
