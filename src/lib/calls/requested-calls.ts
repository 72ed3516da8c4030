import { CallAutomationError } from '../call-automation/errors.ts';
import { InvalidInputError } from '../errors.ts';
import { LINE_GRACE_MS } from '../outages/dispatcher.ts';
import { DEFAULT_LINES } from '../outages/outage.ts';
import type { HeldLine } from '../outages/recipient.ts';
import { done, type Handled, postponed, type Services, sourceOf, superseded } from '../services.ts';
import { isFree, linesOf } from '../storage/lines.ts';
import type { JoinCall, StartRequestedCall } from './actions.ts';
import { announcement } from './script.ts';

/** How long a request waits for a line before it looks again, s. */
const LINE_WAIT_SECONDS = 5;

/** Requested calls are hung up by this action when their time is over, however they were left. */
const TIME_LIMIT = 'time-limit';

/** Calls somebody by hand, once a request: plays the audio if there is one, and hangs up. Phones need a line like any other call. */
export async function startRequestedCall(
  services: Services,
  message: StartRequestedCall,
  messageId: string,
): Promise<Handled> {
  const requestId = message.requestId ?? messageId;
  const needsLine = message.targets.some(({ phoneNumber }) => phoneNumber !== undefined);
  const line = needsLine ? await takeLine(services, message.callerNumber, requestId) : undefined;
  if (needsLine && !line) return waitForLine(services, { ...message, requestId }, LINE_WAIT_SECONDS);

  const { audioFileUri } = message;
  const isMine = await claim(services, requestId, audioFileUri, line);
  if (!isMine) {
    if (line) await services.lines.free(line, services.now());
    return superseded(`request ${requestId} was dialled before`);
  }
  const place = async () =>
    services.calls.createCall({
      ...(await placing(services, requestId, message.subject)),
      targets: message.targets,
      ...(line && { sourceAlternateIdentity: { value: line.number } }),
    });
  return placed(services, requestId, place, async (error) => {
    const wait = error.retryAfterMs ?? LINE_WAIT_SECONDS * 1000;
    const isThrottled = error.status === 429;
    if (line) await services.lines.free(line, new Date(services.now().getTime() + (isThrottled ? wait : 0)));
    if (!isThrottled) throw error;
    return waitForLine(services, { ...message, requestId }, Math.ceil(wait / 1000));
  });
}

/** Joins a conversation, once a request; plays the audio if there is one and leaves, otherwise stays until told to leave. */
export async function joinCall(services: Services, message: JoinCall, messageId: string): Promise<Handled> {
  const requestId = message.requestId ?? messageId;
  if (!(await claim(services, requestId, message.audioFileUri, undefined))) {
    return superseded(`request ${requestId} was made before`);
  }
  const place = async () =>
    services.calls.joinCall(message.conversationId, await placing(services, requestId, message.subject));
  return placed(services, requestId, place, (error) => {
    throw error;
  });
}

/** The number to show and the line that goes with it, leased for as long as a call may take. */
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
  const until = new Date(now.getTime() + limits.maxCallMs + LINE_GRACE_MS);
  for (const line of linesOf(usable, await services.lines.list())) {
    const held = isFree(line, now) && (await services.lines.lease(line, `request|${requestId}`, until));
    if (held) return held;
  }
  return undefined;
}

async function waitForLine(services: Services, message: StartRequestedCall, seconds: number): Promise<Handled> {
  await services.queues.send('start-call', message, seconds);
  return postponed(`request ${message.requestId} waits ${seconds} s for a line`);
}

const claim = (services: Services, requestId: string, audioFileUri: string | undefined, line: HeldLine | undefined) =>
  services.requests.claim(requestId, {
    script: audioFileUri === undefined ? undefined : announcement(audioFileUri),
    line,
    claimedAt: services.now().toISOString(),
  });

const placing = async (services: Services, requestId: string, subject: string | undefined) => ({
  source: sourceOf(services),
  callbackUri: await services.callbacks.uriFor({ kind: 'request', requestId }),
  requestedModalities: ['audio' as const],
  requestedCallEvents: ['participantsUpdated' as const, 'dtmfReceived' as const],
  ...(subject !== undefined && { subject }),
});

/** Places the call and sees to it that it ends. A call that was not placed may be asked for again; one that may have been, not. */
async function placed(
  services: Services,
  requestId: string,
  place: () => Promise<{ callLegId: string }>,
  onRefusal: (error: CallAutomationError) => Promise<Handled>,
): Promise<Handled> {
  try {
    const { callLegId } = await place();
    const message = { callLegId, operationContext: TIME_LIMIT };
    await services.queues.send('hang-up', message, services.settings.limits.maxCallMs / 1000);
    return done(`request ${requestId} is call leg ${callLegId}`);
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    if (error.mayHaveHappened) return { result: 'unanswered', why: `the call may have been placed (${error.code})` };
    await services.requests.release(requestId);
    return onRefusal(error);
  }
}
