import { z } from 'zod';
import { Identifier, PhoneNumber } from '../../call-automation/identifiers.ts';
import type { CallAddress } from '../../call-automation/port.ts';
import { InviteParticipantsRequest, PlayAudioRequest } from '../../call-automation/requests.ts';
import { Speech } from '../../call-automation/speech.ts';
import { SafeId } from './ids.ts';
import { AttemptRef } from './purpose.ts';

/**
 * The messages of the queues: one queue for each action. Our own steps enqueue them, and so can anybody by hand.
 * docs/queues.md is generated from these schemas. A member that this version does not know is kept and ignored, because
 * another version of the app may have sent the message.
 */

const CallLegId = z
  .string()
  .min(1)
  .max(256)
  .describe('The call leg to act on: the id that createCall or an event gave.');
const ConversationId = z.string().min(1).max(1024).describe('A conversation id or the group id of a group call.');
const OperationContext = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe('Identifies the action; each is done once in a call. Default: the id of the queue message.');
const AudioFileUri = PlayAudioRequest.shape.audioFileUri.describe('A WAV file: mono, 16 bit, 16 kHz.');

/** Exactly one of the two is set: the action applies to a call leg (in call) or to a conversation (out of call). */
const inOrOutOfCall = { callLegId: CallLegId.optional(), conversationId: ConversationId.optional() };
const eitherAddress = (message: { callLegId?: string | undefined; conversationId?: string | undefined }): boolean =>
  (message.callLegId === undefined) !== (message.conversationId === undefined);
const EITHER_ADDRESS = 'must name exactly one of callLegId and conversationId';

/** The call leg or conversation that the action applies to, and its id. */
export function addressOf({
  callLegId,
  conversationId = '',
}: {
  callLegId?: string | undefined;
  conversationId?: string | undefined;
}): {
  readonly id: string;
  readonly address: CallAddress;
} {
  return callLegId === undefined
    ? { id: conversationId, address: { conversationId } }
    : { id: callLegId, address: { callLegId } };
}

const Resent = z
  .number()
  .int()
  .positive()
  .optional()
  .describe('Set by the app when it sends the message again because storage failed: how often it did.');

/** Sent by the dispatcher: dial this attempt. */
export const StartAttempt = AttemptRef.extend({
  resent: Resent,
  notBefore: z.iso.datetime().optional().describe('When the call may start, if CALLS_PER_SECOND limits it. UTC.'),
}).loose();
export type StartAttempt = z.infer<typeof StartAttempt>;

const SPEECH = Speech.optional().describe('Instead of audio: a text and the voice that speaks it (docs/acs.md).');
type Sounding = { audioFileUri?: string | undefined; speech?: Speech | undefined };
const soundsIn = ({ audioFileUri, speech }: Sounding): number => [audioFileUri, speech].filter(Boolean).length;
const oneSoundAtMost = (message: Sounding): boolean => soundsIn(message) <= 1;
const oneSound = (message: Sounding): boolean => soundsIn(message) === 1;
const TWO_SOUNDS = 'must not have both audioFileUri and speech';
const NOT_ONE_SOUND = 'must have exactly one of audioFileUri and speech';

/**
 * Enqueued by hand: call these targets, play this, hang up. Without audio the call stays up until a hang-up or its time
 * limit.
 */
export const StartRequestedCall = z
  .looseObject({
    targets: z
      .array(Identifier)
      .min(1)
      .max(50)
      .refine((targets) => targets.filter(({ phoneNumber }) => phoneNumber).length <= 1, {
        message: 'must have at most one phone number, because each needs a line: enqueue one message per number',
      })
      .describe('Who to call: one phone number (E.164), or ACS user ids.'),
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    callerNumber: PhoneNumber.optional().describe(
      'The number shown to the callee, one of CALLER_NUMBERS. Default: the first of them with a free line.',
    ),
    subject: z.string().max(200).optional().describe('Sent to the service with the call.'),
    requestId: SafeId.optional().describe(
      'Makes the request idempotent: each id is dialled once. Default: the id of the queue message.',
    ),
    resent: Resent,
  })
  .refine(oneSoundAtMost, TWO_SOUNDS);
export type StartRequestedCall = z.infer<typeof StartRequestedCall>;

/** A message of a queue may have further members, so TypeScript needs to be told which of two it is. */
export const isAttempt = (message: object): message is StartAttempt => 'outageId' in message;
export const isStartRequest = (message: object): message is StartRequestedCall => 'targets' in message;

/** Join a conversation. With audio: play it and leave. Without: stay until a `hang-up` message. */
export const JoinCall = z
  .looseObject({
    conversationId: ConversationId,
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    subject: z.string().max(200).optional().describe('Sent to the service with the call.'),
    requestId: SafeId.optional().describe('Makes the request idempotent. Default: the id of the queue message.'),
  })
  .refine(oneSoundAtMost, TWO_SOUNDS);
export type JoinCall = z.infer<typeof JoinCall>;

/** Play an audio file or a text in a call: exactly one of `audioFileUri` and `speech`. */
export const PlayAudio = z
  .looseObject({
    callLegId: CallLegId,
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    loop: z.boolean().optional().describe('Repeat until cancelled.'),
    resourceId: z.string().optional().describe('Passed to the service unchanged.'),
    listen: z
      .boolean()
      .optional()
      .describe('Also start listening for the callee’s keys; once in a call. Only today’s API needs this.'),
    answeredAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Sent by the script: when the call was answered, to measure the time to the first audio.'),
    operationContext: OperationContext,
  })
  .refine(oneSound, NOT_ONE_SOUND);
export type PlayAudio = z.infer<typeof PlayAudio>;

/**
 * Some messages of the script are right for one moment of the call only, which may have passed when they are handled.
 */
const OnlyIfAwaited = z
  .boolean()
  .optional()
  .describe('Sent by the script: do it only if the call still waits for exactly this action.');

/** Stop all audio of a call. */
export const CancelMedia = z.looseObject({
  callLegId: CallLegId,
  operationContext: OperationContext,
  onlyIfAwaited: OnlyIfAwaited,
});
export type CancelMedia = z.infer<typeof CancelMedia>;

/** Invite people to a call, by its call leg or, out of call, by its conversation. */
export const InviteParticipants = z
  .looseObject({
    ...inOrOutOfCall,
    participants: z.array(Identifier).min(1).max(50).describe('Who to bring in: phone numbers or ACS user ids.'),
    alternateCallerId: InviteParticipantsRequest.shape.alternateCallerId.describe(
      'The number shown to invited phones, one of CALLER_NUMBERS. Default: that of the call, or the first with a free line.',
    ),
    operationContext: OperationContext,
  })
  .refine(eitherAddress, EITHER_ADDRESS);
export type InviteParticipants = z.infer<typeof InviteParticipants>;

/** Remove a person from a call, by its call leg or, out of call, by its conversation. */
export const RemoveParticipant = z
  .looseObject({
    ...inOrOutOfCall,
    participantId: z.string().min(1).max(256).describe('The id that a ParticipantsUpdated event gave.'),
    operationContext: OperationContext,
  })
  .refine(eitherAddress, EITHER_ADDRESS);
export type RemoveParticipant = z.infer<typeof RemoveParticipant>;

/** End a call for everyone, or only leave it. */
export const HangUp = z.looseObject({
  callLegId: CallLegId,
  leave: z
    .boolean()
    .optional()
    .describe(
      'Only leave, and let the others continue: for a call that was joined. Otherwise the call ends for everyone.',
    ),
  operationContext: OperationContext,
  onlyIfAwaited: OnlyIfAwaited,
});
export type HangUp = z.infer<typeof HangUp>;

const onQueue = <const Queue extends string, Message extends z.ZodType>(queue: Queue, message: Message) =>
  z.object({ queue: z.literal(queue), message, delaySeconds: z.number().optional() });

/** An action that a step of the script asks for: a message for a queue, delayed by `delaySeconds` if set. */
export const CallAction = z.discriminatedUnion('queue', [
  onQueue('play-audio', PlayAudio),
  onQueue('cancel-media', CancelMedia),
  onQueue('invite-participants', InviteParticipants),
  onQueue('hang-up', HangUp),
]);
export type CallAction = z.infer<typeof CallAction>;
