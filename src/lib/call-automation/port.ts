import type {
  CallLegResponse,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  PlayAudioRequest,
} from './requests.ts';
import type { Speech } from './speech.ts';

/** Where an invitation or a removal applies: a call leg of ours, or a conversation by its id (out of call). */
export type CallAddress = { readonly callLegId: string } | { readonly conversationId: string };

/**
 * Which request this is. Asked for again with the same identity it is the same request: a service that knows requests by
 * their id does it once, and tells again what came of it.
 */
export type RequestIdentity = {
  /** `attempt <outage> <recipient> <n> <claim>`, `request <id> <claim>` or `action <call> <operation context>`. */
  readonly identity: string;
  readonly firstAskedAt: Date;
};

/** Who places a call is the adapter's matter. */
export type PlaceCallRequest = Omit<CreateCallRequest, 'source'>;
export type EnterCallRequest = Omit<JoinCallRequest, 'source'>;

/** An audio file by its URI or a text and its voice: exactly one of them. */
export type PlayRequest = Omit<PlayAudioRequest, 'audioFileUri'> & {
  readonly audioFileUri?: string | undefined;
  readonly speech?: Speech | undefined;
  /** Listen for the callee's keys from now on. Once a call; some services always do. */
  readonly listen?: boolean | undefined;
};

export type RemoveParticipantRequest = {
  readonly participantId: string;
  readonly operationContext?: string | undefined;
  /** Out of call, where a service can act only on a call that it is in. */
  readonly callbackUri?: string | undefined;
};

/**
 * What the app asks of a call automation service: the nine operations of the reference page.
 * Every method throws `CallAutomationError` when the service refuses or cannot be reached.
 */
export interface CallAutomation {
  /** True where a request may be asked again by its identity. Otherwise a call must be asked for once, whatever happens to it. */
  readonly isRepeatable: boolean;
  /** True where it says texts. Otherwise it needs audio files. */
  readonly speaks: boolean;
  createCall(request: PlaceCallRequest, asked: RequestIdentity): Promise<CallLegResponse>;
  joinCall(conversationId: string, request: EnterCallRequest, asked: RequestIdentity): Promise<CallLegResponse>;
  /** @param options `leave`: only we go, and the others' call goes on. */
  hangUp(callLegId: string, options: { readonly leave: boolean }, asked: RequestIdentity): Promise<void>;
  playAudio(callLegId: string, request: PlayRequest, asked: RequestIdentity): Promise<unknown>;
  cancelMediaProcessing(callLegId: string, operationContext: string, asked: RequestIdentity): Promise<unknown>;
  inviteParticipants(call: CallAddress, request: InviteParticipantsRequest, asked: RequestIdentity): Promise<void>;
  removeParticipant(call: CallAddress, request: RemoveParticipantRequest, asked: RequestIdentity): Promise<void>;
}
