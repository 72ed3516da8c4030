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
import { identityOf } from '../identifiers.ts';
import type { Meaning } from '../meaning.ts';
import type {
  CallAddress,
  CallAutomation,
  EnterCallRequest,
  PlaceCallRequest,
  PlayRequest,
  RequestIdentity,
} from '../port.ts';
import type { CallLegResponse } from '../requests.ts';
import { WHY_SILENT } from '../speech.ts';
import { type Caller, TeamsAccounts } from './accounts.ts';
import { type Access, type ClientOptions, connect } from './client.ts';
import { translated } from './failures.ts';
import { toSdk } from './identifiers.ts';
import { repeatable } from './repeatability.ts';

export type GaOptions = ClientOptions & {
  /** Azure AI resource for text to speech; the ACS resource needs access to it. */
  readonly cognitiveServicesEndpoint?: string | undefined;
  /** Our callers. A number that is not among them is an ACS number. */
  readonly callers?: readonly Caller[];
};

/** How long to wait for the connection when we join a call to act on it, and how often to check, ms. */
const JOINING_MS = 10_000;
const GLANCE_MS = 200;

/**
 * Implements the port with the current Call Automation API and its official SDK. Requests that must not be carried out
 * twice have a repeatability id (repeatability.ts), so a retry is safe.
 */
export function acsGa(access: Access, options: GaOptions = {}): CallAutomation {
  return new AcsGa(access, options);
}

type Work<Answer> = (client: CallAutomationClient) => Promise<Answer>;

class AcsGa implements CallAutomation {
  readonly isRepeatable = true;
  readonly reportsAudioStart = true;
  readonly listens = true;
  readonly speaks: boolean;
  readonly joins: boolean;
  readonly abilitiesOf: CallAutomation['abilitiesOf'];
  readonly #access: Access;
  readonly #options: GaOptions;
  readonly #accounts: TeamsAccounts;
  readonly #clients = new Map<keyof typeof CLIENTS, Promise<CallAutomationClient>>();

  constructor(access: Access, options: GaOptions) {
    this.#access = access;
    this.#options = options;
    this.speaks = options.cognitiveServicesEndpoint !== undefined;
    this.#accounts = new TeamsAccounts(options.callers ?? []);
    this.joins = this.#accounts.joins;
    this.abilitiesOf = (caller) => this.#accounts.abilitiesOf(caller);
  }

  createCall: CallAutomation['createCall'] = (request, asked) => {
    const teamsAppId = this.#accounts.idOf(request.caller);
    return this.#ask(teamsAppId === undefined ? 'once' : 'account', 'createCall', async (client) => {
      // The service uses the same operation for one target or more.
      const { callConnectionProperties } = await client.createGroupCall(
        request.targets.map(toSdk),
        request.callbackUri,
        {
          ...repeatable(asked),
          ...this.#intelligence,
          ...(teamsAppId === undefined ? shown(request) : { teamsAppSource: { teamsAppId } }),
        },
      );
      return named('createCall', callConnectionProperties.callConnectionId);
    });
  };

  joinCall: CallAutomation['joinCall'] = (conversationId, request, asked) =>
    this.#ask('once', 'joinCall', (client) => this.#join(client, conversationId, request, asked));

  hangUp: CallAutomation['hangUp'] = (callLegId, { leave }, asked) =>
    this.#ask('resending', 'hangUp', (client) =>
      client.getCallConnection(callLegId).hangUp(!leave, leave ? {} : repeatable(asked)),
    );

  playAudio: CallAutomation['playAudio'] = (callLegId, request) =>
    this.#ask('resending', 'playAudio', async (client) => {
      const sound = soundOf(request, this.speaks);
      const connection = client.getCallConnection(callLegId);
      if (request.listen) await listen(connection);
      await connection.getCallMedia().playToAll([sound], {
        loop: request.loop ?? false,
        ...(request.operationContext !== undefined && { operationContext: request.operationContext }),
      });
    });

  cancelMediaProcessing: CallAutomation['cancelMediaProcessing'] = (callLegId) =>
    this.#ask('resending', 'cancelMediaProcessing', (client) =>
      client.getCallConnection(callLegId).getCallMedia().cancelAllOperations(),
    );

  /** The service accepts one participant at a time, and reports each result. */
  inviteParticipants: CallAutomation['inviteParticipants'] = (call, request, asked) =>
    this.#ask('resending', 'inviteParticipants', async (client) => {
      const connection = await this.#enter(client, call, request.callbackUri, asked);
      for (const participant of request.participants) {
        const caller = participant.phoneNumber && this.#accounts.shownNumber(request.caller);
        await connection.addParticipant(
          { targetParticipant: toSdk(participant), ...(caller && { sourceCallIdNumber: { phoneNumber: caller } }) },
          {
            ...repeatable(asked, `participant ${identityOf(participant)}`),
            ...(request.operationContext !== undefined && { operationContext: request.operationContext }),
          },
        );
      }
    });

  removeParticipant: CallAutomation['removeParticipant'] = (call, request, asked) =>
    this.#ask('resending', 'removeParticipant', async (client) => {
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

  /** Returns the connection to act on. Out of call, joins the call first. */
  async #enter(
    client: CallAutomationClient,
    call: CallAddress,
    callbackUri: string | undefined,
    asked: RequestIdentity,
  ): Promise<CallConnection> {
    if ('callLegId' in call) return client.getCallConnection(call.callLegId);
    if (callbackUri === undefined)
      throw new InvalidInputError('The call cannot be joined', ['callbackUri: is required out of call']);
    const { callLegId } = await this.#join(client, call.conversationId, { callbackUri }, asked);
    const connection = client.getCallConnection(callLegId);
    await isConnected(connection);
    return connection;
  }

  get #intelligence() {
    const { cognitiveServicesEndpoint } = this.#options;
    return cognitiveServicesEndpoint === undefined ? {} : { callIntelligenceOptions: { cognitiveServicesEndpoint } };
  }

  async #ask<Answer>(kind: keyof typeof CLIENTS, operation: string, work: Work<Answer>): Promise<Answer> {
    const known = this.#clients.get(kind) ?? connect(this.#access, { ...this.#options, ...CLIENTS[kind] });
    this.#clients.set(kind, known);
    const client = await known;
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof InvalidInputError) throw error;
      throw translated(operation, error);
    }
  }
}

/**
 * `once` sends requests that place a call, without SDK retries: if a retry failed, the first try may still have placed it.
 * `account` places calls whose source is a Teams resource account, so it names no user as the source.
 */
const CLIENTS = {
  once: { maxRetries: 0 },
  account: { maxRetries: 0, sourceIdentity: undefined },
  resending: {},
} satisfies Record<string, ClientOptions>;

const shown = ({ subject, caller }: PlaceCallRequest) => ({
  ...(subject !== undefined && { sourceDisplayName: subject }),
  ...(caller !== undefined && { sourceCallIdNumber: { phoneNumber: caller } }),
});

/** Waits until the call is connected. @throws CallAutomationError if it has ended, or is not connected in time. */
async function isConnected(connection: CallConnection): Promise<void> {
  const deadline = Date.now() + JOINING_MS;
  for (;;) {
    const { callConnectionState: state } = await connection.getCallConnectionProperties();
    if (state === 'connected') return;
    if (state === 'disconnected') throw failure('joinCall', 'NotFound', 'the call to join does not exist', 404, 'over');
    if (Date.now() > deadline) throw failure('joinCall', 'NotConnected', 'joining the call took too long');
    await pause(GLANCE_MS);
  }
}

/** Starts tone recognition for each called participant; the service reports no tones without it. */
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

/** A 2xx means that the call was placed, so an unreadable answer must not look like a refusal. */
function named(operation: string, callLegId: string | undefined): CallLegResponse {
  if (callLegId) return { callLegId };
  throw failure(operation, 'UnreadableAnswer', 'the service’s answer contains no call id');
}

/** Error for a failure without an error response of the service. */
const failure = (
  operation: string,
  code: string,
  message: string,
  status = 0,
  means: Meaning = 'failed',
): CallAutomationError =>
  new CallAutomationError({ operation, status, code, means, message, requestId: '', mayHaveHappened: status === 0 });
