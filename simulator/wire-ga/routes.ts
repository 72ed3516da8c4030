import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import { type Params, type Route, route } from '../server/route.ts';
import type { CallLeg } from '../service/call.ts';
import type { Current } from '../service/current.ts';
import type { LegState } from '../service/news.ts';
import { DIALECT_GA, identifierBody, rawIdOf } from './dialect.ts';
import { AddParticipant, Connect, CreateCall, Play, Recognition, RemoveParticipant } from './requests.ts';

/** The operations of today's API: those that the official SDK has and Ringdown needs. */

const NoBody = z.unknown();

/** What a request asks for is only checked here; it is carried out as the exchange has it for both APIs. */
export const OPERATIONS_GA: readonly Route<Current>[] = [
  once({
    name: 'createCall',
    path: '/calling/callConnections',
    status: 201,
    body: CreateCall,
    run: ({ exchange, world }, _, body) => {
      const request = {
        source: sourceOf(world.options.resourceId, body.source),
        targets: body.targets,
        callbackUri: body.callbackUri,
        requestedModalities: ['audio' as const],
        requestedCallEvents: [],
        ...(body.sourceCallerIdNumber && { sourceAlternateIdentity: body.sourceCallerIdNumber }),
        ...(body.sourceDisplayName !== undefined && { subject: body.sourceDisplayName }),
      };
      const { callLegId } = exchange.createCall(request, asking(body));
      return () => properties(exchange.leg(callLegId));
    },
  }),
  once({
    name: 'joinCall',
    path: '/calling/callConnections:connect',
    status: 200,
    body: Connect,
    run: ({ exchange, world }, _, body) => {
      const request = {
        source: sourceOf(world.options.resourceId, undefined),
        callbackUri: body.callbackUri,
        requestedModalities: ['audio' as const],
        requestedCallEvents: [],
      };
      const { callLegId } = exchange.connect(body.callLocator.serverCallId, request, asking(body));
      return () => properties(exchange.leg(callLegId));
    },
  }),
  route({
    name: 'getCall',
    method: 'GET',
    path: '/calling/callConnections/{callLegId}',
    status: 200,
    body: NoBody,
    run: ({ exchange }, { callLegId }) => properties(exchange.leg(callLegId)),
  }),
  route({
    name: 'leaveCall',
    method: 'DELETE',
    path: '/calling/callConnections/{callLegId}',
    status: 204,
    body: NoBody,
    run: ({ exchange }, { callLegId }) => exchange.hangUp(callLegId),
  }),
  once({
    name: 'hangUp',
    path: '/calling/callConnections/{callLegId}:terminate',
    status: 204,
    body: NoBody,
    run: ({ exchange }, { callLegId }) => {
      exchange.terminate(callLegId);
      return () => undefined;
    },
  }),
  route({
    name: 'playAudio',
    method: 'POST',
    path: '/calling/callConnections/{callLegId}:play',
    status: 202,
    body: Play,
    run: ({ exchange }, { callLegId }, { playSources: [source], playOptions, operationContext = null }) => {
      const played = source?.kind === 'text' ? said(source.text) : (source?.file.uri ?? '');
      exchange.play(callLegId, { source: played, loop: playOptions?.loop ?? false, operationContext });
    },
  }),
  route({
    name: 'cancelMediaProcessing',
    method: 'POST',
    path: '/calling/callConnections/{callLegId}:cancelAllMediaOperations',
    status: 202,
    body: NoBody,
    run: ({ exchange }, { callLegId }) => void exchange.cancelMediaProcessing(callLegId, undefined),
  }),
  route({
    name: 'listen',
    method: 'POST',
    path: '/calling/callConnections/{callLegId}:startContinuousDtmfRecognition',
    status: 200,
    body: Recognition,
    run: ({ exchange }, { callLegId }, { targetParticipant }) => exchange.listen(callLegId, targetParticipant, true),
  }),
  route({
    name: 'stopListening',
    method: 'POST',
    path: '/calling/callConnections/{callLegId}:stopContinuousDtmfRecognition',
    status: 200,
    body: Recognition,
    run: ({ exchange }, { callLegId }, { targetParticipant }) => exchange.listen(callLegId, targetParticipant, false),
  }),
  once({
    name: 'inviteParticipants',
    path: '/calling/callConnections/{callLegId}/participants:add',
    status: 202,
    body: AddParticipant,
    run: ({ exchange }, { callLegId }, body) => {
      exchange.inviteParticipants(callLegId, {
        participants: [body.participantToAdd],
        ...(body.sourceCallerIdNumber && { alternateCallerId: body.sourceCallerIdNumber }),
        ...(body.operationContext !== undefined && { operationContext: body.operationContext }),
        ...(body.operationCallbackUri !== undefined && { callbackUri: body.operationCallbackUri }),
      });
      const participant = { identifier: identifierBody(body.participantToAdd), isMuted: false, isOnHold: false };
      return told({ participant, invitationId: randomUUID(), ...context(body) });
    },
  }),
  once({
    name: 'removeParticipant',
    path: '/calling/callConnections/{callLegId}/participants:remove',
    status: 202,
    body: RemoveParticipant,
    run: ({ exchange }, { callLegId }, body) => {
      exchange.removeByIdentity(callLegId, body.participantToRemove, body.operationContext ?? null);
      return told(context(body));
    },
  }),
];

/** An operation that is carried out once for each Repeatability-Request-ID. `run` gives what tells of it. */
function once<Body>(about: {
  readonly name: string;
  readonly path: string;
  readonly status: number;
  readonly body: z.ZodType<Body>;
  readonly run: (current: Current, params: Params, body: Body) => () => unknown;
}): Route<Current> {
  const run = (current: Current, params: Params, body: Body, headers: NodeJS.Dict<string | string[]>) =>
    current.world.repeatability.once(headers, () => about.run(current, params, body));
  return route({ ...about, method: 'POST', run });
}

const told = (answer: object) => () => answer;
const context = ({ operationContext }: { operationContext?: string | undefined }) =>
  operationContext === undefined ? {} : { operationContext };

const asking = ({ callIntelligenceOptions }: z.infer<typeof CreateCall> | z.infer<typeof Connect>) => ({
  dialect: DIALECT_GA,
  speaks: callIntelligenceOptions?.cognitiveServicesEndpoint !== undefined,
});

/** Who places a call and says no name gets one. */
const sourceOf = (resourceId: string, source: { id: string } | undefined): Identifier => ({
  communicationUser: source ?? { id: `8:acs:${resourceId}_${randomUUID()}` },
});

const STATES: Readonly<Record<LegState, string>> = {
  Establishing: 'connecting',
  Established: 'connected',
  Terminating: 'disconnecting',
  Terminated: 'disconnected',
};

/** What is told of a call when it is placed, and when it is asked for. */
function properties({ id, record, conversation, identifier }: CallLeg): object {
  const { callerNumber, callbackUri, state, targets } = record;
  return {
    callConnectionId: id,
    serverCallId: conversation.id,
    targets: targets.map((target) => identifierBody(identifierOf(target))),
    callConnectionState: STATES[state],
    callbackUri,
    source: { ...identifierBody(identifier), rawId: rawIdOf(identifier) },
    correlationId: id,
    ...(callerNumber !== null && { sourceCallerIdNumber: { value: callerNumber } }),
  };
}

const said = ({ text, voiceName }: { text: string; voiceName: string }) => ({ text, voice: voiceName });

const identifierOf = (identity: string): Identifier =>
  identity.startsWith('+') ? { phoneNumber: { value: identity } } : { communicationUser: { id: identity } };

/** Errors are nested here, and have numbers (Troubleshooting call end response codes, Call Automation). */
const ERRORS: Readonly<Record<string, readonly [status: number, code: string]>> = {
  CallNotFound: [404, '8522'],
  CallTerminated: [404, '8522'],
  ConversationNotFound: [404, '8522'],
  ParticipantNotFound: [404, '8522'],
  CallNotEstablished: [400, '8501'],
  InvalidRequest: [400, '8523'],
  InvalidJson: [400, '8523'],
  UnsupportedApiVersion: [400, '8523'],
  TooManyRequests: [429, '8516'],
  Unauthorized: [401, '7509'],
  InternalServerError: [500, '9999'],
};

/** An error as this API tells it. */
export function gaError(status: number, code: string, message: string): { status: number; body: object } {
  const [gaStatus, gaCode] = ERRORS[code] ?? [status, String(status)];
  return { status: gaStatus, body: { error: { code: gaCode, message } } };
}

/** The versions that have all of these operations; the SDK sends the one that it was made for. */
export const isGaVersion = (version: string | null): boolean =>
  version !== null && /^\d{4}-\d\d-\d\d$/.test(version) && version >= '2023-10-15';

export const isGaPath = (pathname: string): boolean => /^\/calling\/callConnections(?:[/:]|$)/.test(pathname);
