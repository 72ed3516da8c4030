import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import { answer } from '../http/answer.ts';
import { body } from '../http/body.ts';
import type { Env } from '../http/env.ts';
import { noOperation, operation, withoutAction } from '../http/operation.ts';
import { API_GA } from './api.ts';
import { DIALECT_GA, identifierBody } from './dialect.ts';
import { properties } from './properties.ts';
import { AddParticipant, Connect, CreateCall, Play, Recognition, RemoveParticipant } from './requests.ts';

/**
 * The operations of today's API that the official SDK has and Ringdown needs. Requests are only checked here. The
 * exchange carries them out for both APIs.
 */
export const routesGa = new Hono<Env>();

const CALLS = '/calling/callConnections';
const CALL = `${CALLS}/:callLegId` as const;

routesGa.post(CALLS, operation(API_GA, 'createCall'), body(CreateCall), (c) =>
  once(c, 201, () => {
    const { exchange, world } = c.var.current;
    const sent = c.req.valid('json');
    const request = {
      source: sourceOf(world.options.resourceId, sent.source),
      targets: sent.targets,
      callbackUri: sent.callbackUri,
      requestedModalities: ['audio' as const],
      requestedCallEvents: [],
      ...(sent.sourceCallerIdNumber && { sourceAlternateIdentity: sent.sourceCallerIdNumber }),
      ...(sent.sourceDisplayName !== undefined && { subject: sent.sourceDisplayName }),
    };
    const { callLegId } = exchange.createCall(request, { ...asking(sent), accountId: sent.teamsAppSource?.appId });
    return () => properties(exchange.leg(callLegId));
  }),
);

routesGa.post(`${CALLS}:connect`, operation(API_GA, 'joinCall'), body(Connect), (c) =>
  once(c, 200, () => {
    const { exchange, world } = c.var.current;
    const sent = c.req.valid('json');
    const request = {
      source: sourceOf(world.options.resourceId, undefined),
      callbackUri: sent.callbackUri,
      requestedModalities: ['audio' as const],
      requestedCallEvents: [],
    };
    const { callLegId } = exchange.connect(sent.callLocator.serverCallId, request, asking(sent));
    return () => properties(exchange.leg(callLegId));
  }),
);

routesGa.get(CALL, operation(API_GA, 'getCall'), (c) =>
  answer(c, 200, properties(c.var.current.exchange.leg(c.req.param('callLegId')))),
);

routesGa.delete(CALL, operation(API_GA, 'leaveCall'), (c) =>
  answer(c, 204, c.var.current.exchange.hangUp(c.req.param('callLegId'))),
);

routesGa.post(`${CALL}{[^/]+:terminate}`, operation(API_GA, 'hangUp'), (c) =>
  once(c, 204, () => {
    c.var.current.exchange.terminate(withoutAction(c.req.param('callLegId')));
    return () => undefined;
  }),
);

routesGa.post(`${CALL}{[^/]+:play}`, operation(API_GA, 'playAudio'), body(Play), (c) => {
  const { playSources, playOptions, operationContext = null } = c.req.valid('json');
  const [source] = playSources;
  const played = source?.kind === 'text' ? said(source.text) : (source?.file.uri ?? '');
  const play = { source: played, loop: playOptions?.loop ?? false, operationContext };
  c.var.current.exchange.play(withoutAction(c.req.param('callLegId')), play);
  return answer(c, 202);
});

routesGa.post(`${CALL}{[^/]+:cancelAllMediaOperations}`, operation(API_GA, 'cancelMediaProcessing'), (c) => {
  c.var.current.exchange.cancelMediaProcessing(withoutAction(c.req.param('callLegId')), undefined);
  return answer(c, 202);
});

routesGa.post(`${CALL}{[^/]+:startContinuousDtmfRecognition}`, operation(API_GA, 'listen'), body(Recognition), (c) => {
  const { targetParticipant } = c.req.valid('json');
  c.var.current.exchange.listen(withoutAction(c.req.param('callLegId')), targetParticipant, true);
  return answer(c, 200);
});

routesGa.post(
  `${CALL}{[^/]+:stopContinuousDtmfRecognition}`,
  operation(API_GA, 'stopListening'),
  body(Recognition),
  (c) => {
    const { targetParticipant } = c.req.valid('json');
    c.var.current.exchange.listen(withoutAction(c.req.param('callLegId')), targetParticipant, false);
    return answer(c, 200);
  },
);

routesGa.post(`${CALL}/participants:add`, operation(API_GA, 'inviteParticipants'), body(AddParticipant), (c) =>
  once(c, 202, () => {
    const sent = c.req.valid('json');
    c.var.current.exchange.inviteParticipants(c.req.param('callLegId'), {
      participants: [sent.participantToAdd],
      ...(sent.sourceCallerIdNumber && { alternateCallerId: sent.sourceCallerIdNumber }),
      ...(sent.operationContext !== undefined && { operationContext: sent.operationContext }),
      ...(sent.operationCallbackUri !== undefined && { callbackUri: sent.operationCallbackUri }),
    });
    const participant = { identifier: identifierBody(sent.participantToAdd), isMuted: false, isOnHold: false };
    const result = { participant, invitationId: randomUUID(), ...context(sent) };
    return () => result;
  }),
);

routesGa.post(`${CALL}/participants:remove`, operation(API_GA, 'removeParticipant'), body(RemoveParticipant), (c) =>
  once(c, 202, () => {
    const { participantToRemove, operationContext = null } = c.req.valid('json');
    const callLegId = c.req.param('callLegId');
    c.var.current.exchange.removeByIdentity(callLegId, participantToRemove, operationContext);
    return () => context(c.req.valid('json'));
  }),
);

for (const path of [CALLS, `${CALLS}/*`, `/calling/:resource{callConnections:[^/]+}`]) {
  routesGa.all(path, noOperation(API_GA));
}

/** Carries a request out once for each Repeatability-Request-ID. `act` returns what builds the answer. */
function once(c: Context<Env>, status: StatusCode, act: () => () => unknown): Response {
  return answer(c, status, c.var.current.world.repeatability.once(c.env.incoming.headers, act));
}

const context = ({ operationContext }: { operationContext?: string | undefined }) =>
  operationContext === undefined ? {} : { operationContext };

const asking = ({ callIntelligenceOptions }: z.infer<typeof CreateCall> | z.infer<typeof Connect>) => ({
  dialect: DIALECT_GA,
  speaks: callIntelligenceOptions?.cognitiveServicesEndpoint !== undefined,
});

/** A caller that gives no name gets one. */
const sourceOf = (resourceId: string, source: { id: string } | undefined): Identifier => ({
  communicationUser: source ?? { id: `8:acs:${resourceId}_${randomUUID()}` },
});

const said = ({ text, voiceName }: { text: string; voiceName: string }) => ({ text, voice: voiceName });
