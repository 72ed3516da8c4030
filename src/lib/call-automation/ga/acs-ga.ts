import { setTimeout as pause } from 'node:timers/promises';
import type {
  CallAutomationClient,
  CallConnection,
  FileSource,
  TextSource,
} from '@azure/communication-call-automation';
import { createIdentifierFromRawId } from '@azure/communication-common';
import { InvalidInputError } from '../../base/errors.ts';
import { CallAutomationError } from '../errors.ts';
import type { CallAddress, CallAutomation, EnterCallRequest, PlayRequest, RequestIdentity } from '../port.ts';
import type { CallLegResponse } from '../requests.ts';
import { WHY_SILENT } from '../speech.ts';
import { type Access, type ClientOptions, connect } from './client.ts';
import { translated } from './failures.ts';
import { toPhone, toSdk } from './identifiers.ts';
import { repeatable } from './repeatability.ts';

export type GaOptions = ClientOptions & {
  /** Where texts are made speech of: an Azure AI resource that the ACS resource may use. */
  readonly cognitiveServicesEndpoint?: string | undefined;
};

/** A call that we join only to act on it is ours to act on after a moment. */
const JOINING_MS = 10_000;
const GLANCE_MS = 200;

/**
 * The port on the Call Automation that Azure offers today, through its official SDK. Every request that could do harm twice
 * carries an id of its own (repeatability.ts), so that asking again is safe.
 */
export function acsGa(access: Access, options: GaOptions = {}): CallAutomation {
  return new AcsGa(access, options);
}

type Work<Answer> = (client: CallAutomationClient) => Promise<Answer>;

class AcsGa implements CallAutomation {
  readonly isRepeatable = true;
  readonly speaks: boolean;
  readonly #access: Access;
  readonly #options: GaOptions;
  #once: Promise<CallAutomationClient> | undefined;
  #resending: Promise<CallAutomationClient> | undefined;

  constructor(access: Access, options: GaOptions) {
    this.#access = access;
    this.#options = options;
    this.speaks = options.cognitiveServicesEndpoint !== undefined;
  }

  createCall: CallAutomation['createCall'] = (request, asked) =>
    this.#askOnce('createCall', async (client) => {
      // One target or more: it is the same operation of the service.
      const { callConnectionProperties } = await client.createGroupCall(
        request.targets.map(toSdk),
        request.callbackUri,
        {
          ...repeatable(asked),
          ...this.#intelligence,
          ...(request.subject !== undefined && { sourceDisplayName: request.subject }),
          ...(request.sourceAlternateIdentity && { sourceCallIdNumber: toPhone(request.sourceAlternateIdentity) }),
        },
      );
      return named('createCall', callConnectionProperties.callConnectionId);
    });

  joinCall: CallAutomation['joinCall'] = (conversationId, request, asked) =>
    this.#askOnce('joinCall', (client) => this.#join(client, conversationId, request, asked));

  hangUp: CallAutomation['hangUp'] = (callLegId, { leave }, asked) =>
    this.#ask('hangUp', (client) => client.getCallConnection(callLegId).hangUp(!leave, leave ? {} : repeatable(asked)));

  playAudio: CallAutomation['playAudio'] = (callLegId, request) =>
    this.#ask('playAudio', async (client) => {
      const sound = soundOf(request, this.speaks);
      const connection = client.getCallConnection(callLegId);
      if (request.listen) await listen(connection);
      await connection.getCallMedia().playToAll([sound], {
        loop: request.loop ?? false,
        ...(request.operationContext !== undefined && { operationContext: request.operationContext }),
      });
    });

  cancelMediaProcessing: CallAutomation['cancelMediaProcessing'] = (callLegId) =>
    this.#ask('cancelMediaProcessing', (client) =>
      client.getCallConnection(callLegId).getCallMedia().cancelAllOperations(),
    );

  /** The service takes one at a time, and tells of each. */
  inviteParticipants: CallAutomation['inviteParticipants'] = (call, request, asked) =>
    this.#ask('inviteParticipants', async (client) => {
      const connection = await this.#enter(client, call, request.callbackUri, asked);
      for (const [index, participant] of request.participants.entries()) {
        const caller = participant.phoneNumber && request.alternateCallerId;
        await connection.addParticipant(
          { targetParticipant: toSdk(participant), ...(caller && { sourceCallIdNumber: toPhone(caller) }) },
          {
            ...repeatable(asked, `participant ${index}`),
            ...(request.operationContext !== undefined && { operationContext: request.operationContext }),
          },
        );
      }
    });

  removeParticipant: CallAutomation['removeParticipant'] = (call, request, asked) =>
    this.#ask('removeParticipant', async (client) => {
      const connection = await this.#enter(client, call, request.callbackUri, asked);
      await connection.removeParticipant(createIdentifierFromRawId(request.participantId), {
        ...repeatable(asked),
        ...(request.operationContext !== undefined && { operationContext: request.operationContext }),
      });
    });

  async #join(
    client: CallAutomationClient,
    conversationId: string,
    { callbackUri }: Pick<EnterCallRequest, 'callbackUri'>,
    asked: RequestIdentity,
  ): Promise<CallLegResponse> {
    const locator = { kind: 'serverCallLocator', id: conversationId } as const;
    const { callConnectionProperties } = await client.connectCall(locator, callbackUri, {
      ...repeatable(asked, 'connect'),
      ...this.#intelligence,
    });
    return named('joinCall', callConnectionProperties.callConnectionId);
  }

  /** The connection to act on. Out of call there is none: we join, and act then. */
  async #enter(
    client: CallAutomationClient,
    call: CallAddress,
    callbackUri: string | undefined,
    asked: RequestIdentity,
  ): Promise<CallConnection> {
    if ('callLegId' in call) return client.getCallConnection(call.callLegId);
    if (callbackUri === undefined) throw new InvalidInputError('The call cannot be joined', ['callbackUri: is needed']);
    const { callLegId } = await this.#join(client, call.conversationId, { callbackUri }, asked);
    const connection = client.getCallConnection(callLegId);
    await isConnected(connection);
    return connection;
  }

  get #intelligence() {
    const { cognitiveServicesEndpoint } = this.#options;
    return cognitiveServicesEndpoint === undefined ? {} : { callIntelligenceOptions: { cognitiveServicesEndpoint } };
  }

  /** What places a call is sent once: a refusal of a second try would say nothing of the first, which may have placed it. */
  #askOnce<Answer>(operation: string, work: Work<Answer>): Promise<Answer> {
    this.#once ??= connect(this.#access, { ...this.#options, maxRetries: 0 });
    return this.#with(this.#once, operation, work);
  }

  #ask<Answer>(operation: string, work: Work<Answer>): Promise<Answer> {
    this.#resending ??= connect(this.#access, this.#options);
    return this.#with(this.#resending, operation, work);
  }

  async #with<Answer>(client: Promise<CallAutomationClient>, operation: string, work: Work<Answer>): Promise<Answer> {
    const connected = await client;
    try {
      return await work(connected);
    } catch (error) {
      if (error instanceof InvalidInputError) throw error;
      throw translated(operation, error);
    }
  }
}

/** @throws CallAutomationError if it will not be, or not in time. */
async function isConnected(connection: CallConnection): Promise<void> {
  const deadline = Date.now() + JOINING_MS;
  for (;;) {
    const { callConnectionState: state } = await connection.getCallConnectionProperties();
    if (state === 'connected') return;
    if (state === 'disconnected') throw failure('joinCall', 'NotFound', 'there is no such call to join', 404);
    if (Date.now() > deadline) throw failure('joinCall', 'NotConnected', 'the call could not be joined in time');
    await pause(GLANCE_MS);
  }
}

/** Tones are told only of those who are listened to: whoever was called. */
async function listen(connection: CallConnection): Promise<void> {
  const { targetParticipants = [] } = await connection.getCallConnectionProperties();
  const media = connection.getCallMedia();
  for (const target of targetParticipants) await media.startContinuousDtmfRecognition(target);
}

function soundOf({ audioFileUri, speech, resourceId }: PlayRequest, speaks: boolean): FileSource | TextSource {
  const cached = resourceId === undefined ? {} : { playSourceCacheId: resourceId };
  if (audioFileUri !== undefined) return { kind: 'fileSource', url: audioFileUri, ...cached };
  if (!speech || !speaks) throw new InvalidInputError('The text cannot be said', [WHY_SILENT]);
  return { kind: 'textSource', text: speech.text, voiceName: speech.voice, ...cached };
}

/** A 2xx means that it was done, so an answer that cannot be read must not look like something that was not. */
function named(operation: string, callLegId: string | undefined): CallLegResponse {
  if (callLegId) return { callLegId };
  throw failure(operation, 'UnreadableAnswer', 'the service’s answer names no call');
}

/** What the service did not say in so many words. */
const failure = (operation: string, code: string, message: string, status = 0): CallAutomationError =>
  new CallAutomationError({ operation, status, code, message, requestId: '', mayHaveHappened: status === 0 });
