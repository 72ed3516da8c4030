import {
  CallLegResponse,
  type CreateCallRequest,
  type InviteParticipantsRequest,
  OperationResponse,
  type PlayAudioRequest,
} from './requests.ts';
import { Transport, type TransportOptions } from './transport.ts';

/**
 * Client of the In-Call APIs (reference page): places a call and acts on its leg.
 * Every method throws `CallAutomationError` with the service's status, code, message and request id.
 */
export class CallClient {
  readonly #transport: Transport;

  constructor(connectionString: string, options?: TransportOptions) {
    this.#transport = new Transport(connectionString, options);
  }

  /** Create call. Not idempotent, so it is never retried here. */
  createCall(request: CreateCallRequest): Promise<CallLegResponse> {
    return this.#transport.ask(
      { name: 'createCall', method: 'POST', path: 'calls', body: request, resend: false },
      CallLegResponse,
    );
  }

  /** End a call. */
  hangUp(callLegId: string): Promise<void> {
    return this.#transport.send({ name: 'hangUp', method: 'POST', path: `${leg(callLegId)}/Hangup`, resend: true });
  }

  /** Play audio in call: the URI of a mono 16-bit 16 kHz WAV. A PlayAudioResult event reports the end. */
  playAudio(callLegId: string, request: PlayAudioRequest): Promise<OperationResponse> {
    return this.#transport.ask(
      { name: 'playAudio', method: 'POST', path: `${leg(callLegId)}/PlayAudio`, body: request, resend: true },
      OperationResponse,
    );
  }

  /** Cancel media processing: the audio being played ends with subcode 8508. */
  cancelMediaProcessing(callLegId: string, operationContext?: string): Promise<OperationResponse> {
    return this.#transport.ask(
      {
        name: 'cancelMediaProcessing',
        method: 'POST',
        path: `${leg(callLegId)}/CancelMediaProcessing`,
        body: operationContext === undefined ? {} : { operationContext },
        resend: true,
      },
      OperationResponse,
    );
  }

  /**
   * Invite participant. An InviteParticipantResult event reports the answer. Phone numbers need `alternateCallerId`.
   */
  inviteParticipants(callLegId: string, request: InviteParticipantsRequest): Promise<void> {
    return this.#transport.send({
      name: 'inviteParticipants',
      method: 'POST',
      path: `${leg(callLegId)}/participants`,
      body: request,
      resend: true,
    });
  }

  /** Remove participant, by the `participantId` that ParticipantsUpdated gave. */
  removeParticipant(callLegId: string, participantId: string): Promise<void> {
    return this.#transport.send({
      name: 'removeParticipant',
      method: 'DELETE',
      path: `${leg(callLegId)}/participants/${encodeURIComponent(participantId)}`,
      resend: true,
    });
  }
}

const leg = (callLegId: string): string => `calls/${encodeURIComponent(callLegId)}`;
