import { z } from 'zod';
import { AudioUri } from './audio-uri.ts';
import { Identifier, PhoneNumberValue } from './identifiers.ts';

/**
 * The bodies of the nine operations (reference page, `call-automation-apis.md`), with the property names and casing
 * of the wire. If the page's JSON and the service's published definition differ, the page wins. The definition adds
 * what the page's C# samples show but its JSON omits:
 * `sourceAlternateIdentity` (AlternateCallerId) on create, `callbackUri` on an out-of-call invite.
 */

/** Sent with each request of the 2021 API as `api-version`. */
export const API_VERSION = '2021-04-15-preview1';

const HttpUrl = z.url({ protocol: /^https?$/, message: 'must be an absolute http or https URL' });

/** Events that a call reports on request, in addition to its state. */
export const RequestedCallEvent = z.enum(['participantsUpdated', 'dtmfReceived']);

const placing = {
  source: Identifier,
  subject: z.string().optional(),
  callbackUri: HttpUrl,
  requestedModalities: z.array(z.enum(['audio', 'video'])).min(1),
  requestedCallEvents: z.array(RequestedCallEvent),
};

/** Body of Create call: calls all targets in one call. A phone number as target needs `sourceAlternateIdentity`. */
export const CreateCallRequest = z.object({
  ...placing,
  targets: z.array(Identifier).min(1),
  sourceAlternateIdentity: PhoneNumberValue.optional(),
});
export type CreateCallRequest = z.infer<typeof CreateCallRequest>;

/** Body of Join call: joins a conversation that already exists. */
export const JoinCallRequest = z.object(placing);
export type JoinCallRequest = z.infer<typeof JoinCallRequest>;

/** Response of Create call and Join call: the new call leg. */
export const CallLegResponse = z.looseObject({ callLegId: z.string().min(1) });
export type CallLegResponse = z.infer<typeof CallLegResponse>;

/** Body of Play audio. With `loop` the file repeats until it is cancelled. */
export const PlayAudioRequest = z.object({
  audioFileUri: AudioUri,
  loop: z.boolean().optional(),
  operationContext: z.string().optional(),
  resourceId: z.string().optional(),
});
export type PlayAudioRequest = z.infer<typeof PlayAudioRequest>;

/** Body of Cancel media processing, which stops all audio of a call. */
export const CancelMediaProcessingRequest = z.object({ operationContext: z.string().optional() });
export type CancelMediaProcessingRequest = z.infer<typeof CancelMediaProcessingRequest>;

/** Body of Invite participants. A phone number needs `alternateCallerId`; out of call, `callbackUri` is needed too. */
export const InviteParticipantsRequest = z.object({
  participants: z.array(Identifier).min(1),
  alternateCallerId: PhoneNumberValue.optional(),
  operationContext: z.string().optional(),
  callbackUri: HttpUrl.optional(),
});
export type InviteParticipantsRequest = z.infer<typeof InviteParticipantsRequest>;

/** Progress of an operation, in its response and in its result event. */
export const OperationStatus = z.enum(['notStarted', 'running', 'completed', 'failed']);
export type OperationStatus = z.infer<typeof OperationStatus>;

/** How an operation or a call ended. `code` is an HTTP or SIP status, `subcode` the service's own. */
export const ResultInfo = z.looseObject({
  code: z.number().int(),
  subcode: z.number().int().optional(),
  message: z.string().optional(),
});
export type ResultInfo = z.infer<typeof ResultInfo>;

/** Response of Play audio and Cancel media processing. */
export const OperationResponse = z.looseObject({
  id: z.string().min(1),
  status: OperationStatus,
  operationContext: z.string().nullish(),
  resultInfo: ResultInfo.nullish(),
});
export type OperationResponse = z.infer<typeof OperationResponse>;

/** The body of a 400, 401 and 500. */
export const ErrorResponse = z.looseObject({ code: z.string(), message: z.string() });
export type ErrorResponse = z.infer<typeof ErrorResponse>;
