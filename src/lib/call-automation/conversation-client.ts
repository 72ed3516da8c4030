import { CallLegResponse, type InviteParticipantsRequest, type JoinCallRequest } from './requests.ts';
import { Transport, type TransportOptions } from './transport.ts';

/**
 * Client of the Out-of-Call APIs (reference page): joins a conversation, or acts on one without being in it.
 * `conversationId` is what a client gave, or the group id of a group call.
 * Every method throws `CallAutomationError` with the service's status, code, message and request id.
 */
export class ConversationClient {
  readonly #transport: Transport;

  constructor(connectionString: string, options?: TransportOptions) {
    this.#transport = new Transport(connectionString, options);
  }

  /** Join call. Not idempotent, so it is never retried here. */
  joinCall(conversationId: string, request: JoinCallRequest): Promise<CallLegResponse> {
    return this.#transport.ask(
      { name: 'joinCall', method: 'POST', path: `${of(conversationId)}/join`, body: request, resend: false },
      CallLegResponse,
    );
  }

  /** Invite participants. The result goes to `callbackUri`, if set. */
  inviteParticipants(conversationId: string, request: InviteParticipantsRequest): Promise<void> {
    return this.#transport.send({
      name: 'inviteParticipants',
      method: 'POST',
      path: `${of(conversationId)}/participants`,
      body: request,
      resend: true,
    });
  }

  /** Remove participant. */
  removeParticipant(conversationId: string, participantId: string): Promise<void> {
    return this.#transport.send({
      name: 'removeParticipant',
      method: 'DELETE',
      path: `${of(conversationId)}/participants/${encodeURIComponent(participantId)}`,
      resend: true,
    });
  }
}

const of = (conversationId: string): string => `conversations/${encodeURIComponent(conversationId)}`;
