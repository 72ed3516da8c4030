import { Hono } from 'hono';
import {
  API_VERSION,
  CancelMediaProcessingRequest,
  CreateCallRequest,
  InviteParticipantsRequest,
  JoinCallRequest,
  PlayAudioRequest,
} from '../../src/lib/call-automation/requests.ts';
import { answer } from '../http/answer.ts';
import { flatError } from '../http/api.ts';
import { body } from '../http/body.ts';
import type { Env } from '../http/env.ts';
import { noOperation, operation } from '../http/operation.ts';
import { DIALECT_2021 } from './dialect.ts';

/** The nine operations of the reference page, API version 2021-04-15-preview1. */

export const API_2021 = {
  operations: [
    'createCall',
    'hangUp',
    'playAudio',
    'cancelMediaProcessing',
    'inviteParticipants',
    'removeParticipant',
    'joinCall',
    'inviteToConversation',
    'removeFromConversation',
  ],
  isVersion: (version: string | undefined) => version === API_VERSION,
  versions: API_VERSION,
  error: flatError,
} as const;

const BY_2021 = { dialect: DIALECT_2021, speaks: false };

const CALL = '/calling/calls/:callLegId';
const CONVERSATION = '/calling/conversations/:conversationId';

export const routes2021 = new Hono<Env>();

routes2021.post('/calling/calls', operation(API_2021, 'createCall'), body(CreateCallRequest), (c) =>
  answer(c, 200, c.var.current.exchange.createCall(c.req.valid('json'), BY_2021)),
);

routes2021.post(`${CALL}/Hangup`, operation(API_2021, 'hangUp'), (c) =>
  answer(c, 202, c.var.current.exchange.hangUp(c.req.param('callLegId'))),
);

routes2021.post(`${CALL}/PlayAudio`, operation(API_2021, 'playAudio'), body(PlayAudioRequest), (c) => {
  const { audioFileUri, loop = false, operationContext = null } = c.req.valid('json');
  const play = { source: audioFileUri, loop, operationContext };
  return answer(c, 202, c.var.current.exchange.play(c.req.param('callLegId'), play));
});

routes2021.post(
  `${CALL}/CancelMediaProcessing`,
  operation(API_2021, 'cancelMediaProcessing'),
  // Its only member is optional, so an empty body is valid.
  body(CancelMediaProcessingRequest.default({})),
  (c) => {
    const { operationContext } = c.req.valid('json');
    return answer(c, 202, c.var.current.exchange.cancelMediaProcessing(c.req.param('callLegId'), operationContext));
  },
);

routes2021.post(
  `${CALL}/participants`,
  operation(API_2021, 'inviteParticipants'),
  body(InviteParticipantsRequest),
  (c) => answer(c, 202, c.var.current.exchange.inviteParticipants(c.req.param('callLegId'), c.req.valid('json'))),
);

routes2021.delete(`${CALL}/participants/:participantId`, operation(API_2021, 'removeParticipant'), (c) => {
  const { callLegId, participantId } = c.req.param();
  return answer(c, 202, c.var.current.exchange.removeParticipant(callLegId, participantId));
});

routes2021.post(`${CONVERSATION}/join`, operation(API_2021, 'joinCall'), body(JoinCallRequest), (c) =>
  answer(c, 200, c.var.current.exchange.joinCall(c.req.param('conversationId'), c.req.valid('json'), BY_2021)),
);

routes2021.post(
  `${CONVERSATION}/participants`,
  operation(API_2021, 'inviteToConversation'),
  body(InviteParticipantsRequest),
  (c) =>
    answer(c, 202, c.var.current.exchange.inviteToConversation(c.req.param('conversationId'), c.req.valid('json'))),
);

routes2021.delete(`${CONVERSATION}/participants/:participantId`, operation(API_2021, 'removeFromConversation'), (c) => {
  const { conversationId, participantId } = c.req.param();
  return answer(c, 202, c.var.current.exchange.removeFromConversation(conversationId, participantId));
});

routes2021.all('/calling/*', noOperation(API_2021));
