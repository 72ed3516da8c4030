import type {
  CallLegResponse,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  OperationResponse,
  PlayAudioRequest,
} from './requests.ts';

/** Where an invitation or a removal applies: a call leg of ours, or a conversation by its id (out of call). */
export type CallAddress = { readonly callLegId: string } | { readonly conversationId: string };

/**
 * What the app asks of a call automation service: the nine operations of the reference page.
 * Every method throws `CallAutomationError` when the service refuses or cannot be reached.
 */
export interface CallAutomation {
  /** Not idempotent: asked once, never re-sent. */
  createCall(request: CreateCallRequest): Promise<CallLegResponse>;
  /** Not idempotent: asked once, never re-sent. */
  joinCall(conversationId: string, request: JoinCallRequest): Promise<CallLegResponse>;
  hangUp(callLegId: string): Promise<void>;
  playAudio(callLegId: string, request: PlayAudioRequest): Promise<OperationResponse>;
  cancelMediaProcessing(callLegId: string, operationContext?: string): Promise<OperationResponse>;
  inviteParticipants(call: CallAddress, request: InviteParticipantsRequest): Promise<void>;
  removeParticipant(call: CallAddress, participantId: string): Promise<void>;
}
