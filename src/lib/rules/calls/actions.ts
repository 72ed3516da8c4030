import { z } from 'zod';
import { Identifier, PhoneNumber } from '../../call-automation/identifiers.ts';
import type { CallAddress } from '../../call-automation/port.ts';
import { InviteParticipantsRequest, PlayAudioRequest } from '../../call-automation/requests.ts';
import { Speech } from '../../call-automation/speech.ts';
import { AttemptRef, SafeId } from './purpose.ts';

/**
 * The queues and what goes on them: one queue an action, each triggered by our own events or by anybody who enqueues
 * a message by hand. docs/queues.md is generated from here.
 */

const CallLegId = z.string().min(1).max(256).describe('The call leg to act on, as createCall or an event named it.');
const ConversationId = z.string().min(1).max(1024).describe('A conversation id or the group id of a group call.');
const OperationContext = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe('Names the action; asked for once a call. Without one, the queue message’s id stands in.');
const AudioFileUri = PlayAudioRequest.shape.audioFileUri.describe('A WAV file: mono, 16 bit, 16 kHz.');

/** Exactly one of the two says where the action applies (in call or out of call). */
const inOrOutOfCall = { callLegId: CallLegId.optional(), conversationId: ConversationId.optional() };
const eitherAddress = (message: { callLegId?: string | undefined; conversationId?: string | undefined }): boolean =>
  (message.callLegId === undefined) !== (message.conversationId === undefined);
const EITHER_ADDRESS = 'must name exactly one of callLegId and conversationId';

/** Where the message says that the action applies, and that place's id. */
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

/** Sent by the dispatcher: dial this attempt. */
export const StartAttempt = AttemptRef.strict();
export type StartAttempt = z.infer<typeof StartAttempt>;

const SPEECH = Speech.optional().describe('In place of audio: a text and the voice that says it (docs/acs.md).');
type Sounding = { audioFileUri?: string | undefined; speech?: Speech | undefined };
const soundsIn = ({ audioFileUri, speech }: Sounding): number => [audioFileUri, speech].filter(Boolean).length;
const oneSoundAtMost = (message: Sounding): boolean => soundsIn(message) <= 1;
const oneSound = (message: Sounding): boolean => soundsIn(message) === 1;
const TWO_SOUNDS = 'must not have both audioFileUri and speech';
const NOT_ONE_SOUND = 'must have exactly one of audioFileUri and speech';

/** Enqueued by hand: call these, play this, hang up. Without audio the call stays up until it is told or its time is over. */
export const StartRequestedCall = z
  .strictObject({
    targets: z
      .array(Identifier)
      .min(1)
      .max(50)
      .refine((targets) => targets.filter(({ phoneNumber }) => phoneNumber).length <= 1, {
        message: 'must hold one phone number at most: each needs a line, so enqueue a message each',
      })
      .describe('Whom to call: a phone number (E.164), ACS user ids.'),
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    callerNumber: PhoneNumber.optional().describe(
      'The number shown to the callee; by default the first free of CALLER_NUMBERS.',
    ),
    subject: z.string().max(200).optional().describe('Sent to the service with the call.'),
    requestId: SafeId.optional().describe(
      'Makes the request idempotent: one id is dialled once. By default the queue message’s id.',
    ),
  })
  .refine(oneSoundAtMost, TWO_SOUNDS);
export type StartRequestedCall = z.infer<typeof StartRequestedCall>;

export const JoinCall = z
  .strictObject({
    conversationId: ConversationId,
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    subject: z.string().max(200).optional().describe('Sent to the service with the call.'),
    requestId: SafeId.optional().describe('Makes the request idempotent. By default the queue message’s id.'),
  })
  .refine(oneSoundAtMost, TWO_SOUNDS);
export type JoinCall = z.infer<typeof JoinCall>;

export const PlayAudio = z
  .strictObject({
    callLegId: CallLegId,
    audioFileUri: AudioFileUri.optional(),
    speech: SPEECH,
    loop: z.boolean().optional().describe('Play again and again until cancelled.'),
    resourceId: z.string().optional().describe('Passed to the service as it is.'),
    listen: z
      .boolean()
      .optional()
      .describe('Also listen for the callee’s keys from now on; once a call. Only today’s API needs to be told.'),
    answeredAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Sent by the script: when the call was answered, to measure how long until it says something.'),
    operationContext: OperationContext,
  })
  .refine(oneSound, NOT_ONE_SOUND);
export type PlayAudio = z.infer<typeof PlayAudio>;

/** The script's own messages that are right for one moment of the call only: by the time they are seen it may be over. */
const OnlyIfAwaited = z
  .boolean()
  .optional()
  .describe('Sent by the script: do it only if the call still waits for just this.');

export const CancelMedia = z.strictObject({
  callLegId: CallLegId,
  operationContext: OperationContext,
  onlyIfAwaited: OnlyIfAwaited,
});
export type CancelMedia = z.infer<typeof CancelMedia>;

export const InviteParticipants = z
  .strictObject({
    ...inOrOutOfCall,
    participants: z.array(Identifier).min(1).max(50).describe('Whom to bring in: phone numbers or ACS user ids.'),
    alternateCallerId: InviteParticipantsRequest.shape.alternateCallerId.describe(
      'The number shown to invited phones; by default the call’s own or the first of CALLER_NUMBERS.',
    ),
    operationContext: OperationContext,
  })
  .refine(eitherAddress, EITHER_ADDRESS);
export type InviteParticipants = z.infer<typeof InviteParticipants>;

export const RemoveParticipant = z
  .strictObject({
    ...inOrOutOfCall,
    participantId: z.string().min(1).max(256).describe('As a ParticipantsUpdated event named it.'),
    operationContext: OperationContext,
  })
  .refine(eitherAddress, EITHER_ADDRESS);
export type RemoveParticipant = z.infer<typeof RemoveParticipant>;

export const HangUp = z.strictObject({
  callLegId: CallLegId,
  leave: z
    .boolean()
    .optional()
    .describe('Only leave, and let the others go on: for a call that was joined. Otherwise it ends for everyone.'),
  operationContext: OperationContext,
  onlyIfAwaited: OnlyIfAwaited,
});
export type HangUp = z.infer<typeof HangUp>;

const onQueue = <const Queue extends string, Message extends z.ZodType>(queue: Queue, message: Message) =>
  z.object({ queue: z.literal(queue), message, delaySeconds: z.number().optional() });

/** What a step of the script asks for: a message for a queue, after a delay (seconds) if there is one. */
export const CallAction = z.discriminatedUnion('queue', [
  onQueue('play-audio', PlayAudio),
  onQueue('cancel-media', CancelMedia),
  onQueue('invite-participants', InviteParticipants),
  onQueue('hang-up', HangUp),
]);
export type CallAction = z.infer<typeof CallAction>;
