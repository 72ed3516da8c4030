import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationName } from '../../simulator/service/faults.ts';
import { DEVELOPMENT_KEY } from '../../simulator/simulator.ts';
import { API_2021 } from '../../simulator/wire-2021/routes.ts';
import { API_GA } from '../../simulator/wire-ga/api.ts';
import { participantsIn, Telephone } from '../fixtures/telephone.ts';

/** Tests the nine operations of 2021 and their errors by plain signed HTTP, without Ringdown's client. */

const ANN = '+14255550123';
const OPERATOR = '8:acs:operator';
const NOBODY = '00000000-0000-0000-0000-000000000000';

let telephone: Telephone;
beforeAll(async () => {
  telephone = await Telephone.start({ callsPerNumber: Number.POSITIVE_INFINITY });
});
afterAll(() => telephone.hangUpForGood());

async function established() {
  const call = await telephone.call(ANN);
  await call.is('Established');
  return call;
}

describe('the nine operations', () => {
  it('are nine, and faults can name them', () => {
    expect(API_2021.operations).toHaveLength(9);
    expect(new Set([...API_2021.operations, ...API_GA.operations])).toEqual(new Set(OperationName.options));
  });

  it('answer Create call with 200 and the call leg id', async () => {
    const { status, body, headers } = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN));
    expect(status).toBe(200);
    expect(body).toEqual({ callLegId: expect.stringMatching(/^[\w-]{36}$/) });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-ms-request-id')).toMatch(/./);
  });

  it('answer End a call with 202 and no body', async () => {
    const call = await established();
    const { status, body } = await telephone.signed('POST', `/calling/calls/${call.id}/Hangup`);
    expect([status, body]).toEqual([202, undefined]);
    await call.is('Terminated');
  });

  it('answer Play audio with 202 and the operation', async () => {
    const call = await established();
    const { status, body } = await telephone.signed('POST', `/calling/calls/${call.id}/PlayAudio`, {
      audioFileUri: telephone.audio(5),
      loop: false,
      operationContext: 'the message',
      resourceId: 'a-resource',
    });
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.any(String),
      status: 'notStarted',
      operationContext: 'the message',
      resultInfo: { code: 0, subcode: 0, message: expect.any(String) },
    });
    await call.hears('PlayAudioResult', { OperationContext: 'the message', Status: 'Completed' });
  });

  it('answer Cancel media processing with 202 and the operation', async () => {
    const call = await established();
    const path = `/calling/calls/${call.id}/CancelMediaProcessing`;
    const { status, body } = await telephone.signed('POST', path, { operationContext: 'enough' });
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'notStarted', operationContext: 'enough' });
    expect((await telephone.signed('POST', path)).body).toMatchObject({ operationContext: null });
  });

  it('answer Invite and Remove participant with 202 and no body', async () => {
    const call = await established();
    const invited = await telephone.signed('POST', `/calling/calls/${call.id}/participants`, {
      participants: [{ communicationUser: { id: OPERATOR } }],
      operationContext: 'the operator',
    });
    expect([invited.status, invited.body]).toEqual([202, undefined]);
    const who = participantsIn(await call.isWith('8:acs:the-application', ANN, OPERATOR));
    const operator = who.find((participant) => participant.who === OPERATOR);
    const removed = await telephone.signed(
      'DELETE',
      `/calling/calls/${call.id}/participants/${operator?.participantId}`,
    );
    expect([removed.status, removed.body]).toEqual([202, undefined]);
    await call.isWith('8:acs:the-application', ANN);
  });

  it('answer Join call with 200 and the call leg id, by conversation id and by group id', async () => {
    const call = await established();
    const { targets: _, sourceAlternateIdentity: __, ...joining } = telephone.callTo(ANN);
    for (const conversation of [call.record.conversationId, 'a-group']) {
      const { status, body } = await telephone.signed('POST', `/calling/conversations/${conversation}/join`, joining);
      expect(status).toBe(200);
      expect(body).toEqual({ callLegId: expect.any(String) });
    }
  });

  it('answer Invite and Remove participant out of call with 202 and no body', async () => {
    const call = await established();
    const conversation = `/calling/conversations/${call.record.conversationId}/participants`;
    const invited = await telephone.signed('POST', conversation, {
      participants: [{ communicationUser: { id: OPERATOR } }],
      operationContext: 'from outside',
      callbackUri: `${telephone.appUrl}/elsewhere`,
    });
    expect([invited.status, invited.body]).toEqual([202, undefined]);
    const result = await call.hears('InviteParticipantResult', { OperationContext: 'from outside' });
    expect(result.path).toBe('/elsewhere');
    const who = participantsIn(await call.isWith('8:acs:the-application', ANN, OPERATOR));
    const operator = who.find((participant) => participant.who === OPERATOR);
    const removed = await telephone.signed('DELETE', `${conversation}/${operator?.participantId}`);
    expect([removed.status, removed.body]).toEqual([202, undefined]);
    await call.isWith('8:acs:the-application', ANN);
  });
});

describe('the signature of a request', () => {
  const minutesOff = (minutes: number) => new Date(Date.now() + minutes * 60_000).toUTCString();

  it.each([
    ['another key', { key: Buffer.from('another key').toString('base64') }, 'The signature does not match'],
    ['no signature', { authorization: '' }, 'HMAC-SHA256'],
    ['another scheme', { authorization: 'Bearer abc' }, 'HMAC-SHA256'],
    ['a date 16 minutes ago', { date: minutesOff(-16) }, '15 minutes'],
    ['a date 16 minutes ahead', { date: minutesOff(16) }, '15 minutes'],
    ['no date', { date: 'yesterday' }, '15 minutes'],
    ['the hash of another body', { hash: 'AAAA' }, 'hash of the body'],
    [
      'headers left unsigned',
      { authorization: 'HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=AAAA' },
      'x-ms-content-sha256',
    ],
  ])('is refused with 401 in the error shape of the reference page: %s', async (_, wrong, says) => {
    const answer = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN), wrong);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ code: 'Unauthorized', message: expect.stringContaining(says) });
    expect(answer.headers.get('x-ms-request-id')).toMatch(/./);
  });

  it('is accepted with a date 14 minutes ago', async () => {
    const wrong = { date: minutesOff(-14), key: DEVELOPMENT_KEY };
    expect((await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN), wrong)).status).toBe(200);
  });
});

describe('a wrong request', () => {
  it.each([
    ['no version', null],
    ['another version', '2023-03-06'],
  ])('is answered with 400: %s', async (_, apiVersion) => {
    const answer = await telephone.signed('POST', '/calling/calls', telephone.callTo(ANN), { apiVersion });
    expect([answer.status, answer.body]).toEqual([
      400,
      { code: 'UnsupportedApiVersion', message: 'The query must contain api-version=2021-04-15-preview1' },
    ]);
  });

  it('is answered with 400 if the body is not JSON', async () => {
    const answer = await telephone.signed('POST', '/calling/calls', undefined, { rawBody: '{"source: {}' });
    expect([answer.status, answer.body]).toEqual([400, { code: 'InvalidJson', message: 'The body is not JSON' }]);
  });

  const wrongCalls: [string, object][] = [
    ['source', { source: undefined }],
    ['targets', { targets: [] }],
    ['targets.0', { targets: [{ rawId: 'somebody' }] }],
    ['targets.0.phoneNumber.value', { targets: [{ phoneNumber: { value: '425-555-0123' } }] }],
    ['callbackUri', { callbackUri: '/callbacks' }],
    ['requestedModalities', { requestedModalities: undefined }],
    ['requestedCallEvents.0', { requestedCallEvents: ['everything'] }],
    ['sourceAlternateIdentity', { sourceAlternateIdentity: undefined }],
  ];
  it.each(wrongCalls)('is answered with 400 that names the wrong field %s', async (field, wrong) => {
    const answer = await telephone.signed('POST', '/calling/calls', { ...telephone.callTo(ANN), ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ code: 'InvalidRequest', message: expect.stringContaining(`${field}: `) });
  });

  it.each([
    ['PlayAudio', { audioFileUri: 'message.wav' }, 'audioFileUri: '],
    ['CancelMediaProcessing', { operationContext: 5 }, 'operationContext: '],
    ['participants', { participants: [] }, 'participants: '],
    ['participants', { participants: [{ phoneNumber: { value: ANN } }] }, 'alternateCallerId: '],
  ])('to a call, %s with %j, is answered with 400 that names the field', async (action, body, field) => {
    const call = await established();
    const answer = await telephone.signed('POST', `/calling/calls/${call.id}/${action}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ code: 'InvalidRequest', message: expect.stringContaining(field) });
  });

  const play = { audioFileUri: 'http://127.0.0.1/a.wav' };
  const invite = { participants: [{ communicationUser: { id: OPERATOR } }] };
  const ofCalls: [string, string, object | undefined][] = [
    ['POST', 'Hangup', undefined],
    ['POST', 'PlayAudio', play],
    ['POST', 'CancelMediaProcessing', {}],
    ['POST', 'participants', invite],
    ['DELETE', `participants/${NOBODY}`, undefined],
  ];
  const codeOf = async (method: string, path: string, body: object | undefined) => {
    const answer = await telephone.signed(method, path, body);
    expect(answer.body).toEqual({ code: expect.any(String), message: expect.any(String) });
    return [answer.status, answer.body instanceof Object && 'code' in answer.body && answer.body.code];
  };

  it.each(ofCalls)(
    'to a call that does not exist, %s %s, is answered with 400 CallNotFound',
    async (method, action, body) => {
      expect(await codeOf(method, `/calling/calls/${NOBODY}/${action}`, body)).toEqual([400, 'CallNotFound']);
    },
  );

  it.each(ofCalls)(
    'to a call that has ended, %s %s, is answered with 400 CallNotFound',
    async (method, action, body) => {
      const call = await established();
      await call.hangsUp();
      expect(await codeOf(method, `/calling/calls/${call.id}/${action}`, body)).toEqual([400, 'CallNotFound']);
    },
  );

  it.each(ofCalls.slice(1))(
    'to a call that still rings, %s %s, is answered with 400 CallNotEstablished',
    async (method, action, body) => {
      telephone.person('+14255550199', 'no answer after 600 s');
      const call = await telephone.call('+14255550199');
      expect(await codeOf(method, `/calling/calls/${call.id}/${action}`, body)).toEqual([400, 'CallNotEstablished']);
    },
  );

  it('to remove a person who is not in the call is answered with 400 ParticipantNotFound', async () => {
    const call = await established();
    const { conversationId } = call.record;
    for (const path of [`calls/${call.id}`, `conversations/${conversationId}`]) {
      const answer = await codeOf('DELETE', `/calling/${path}/participants/${NOBODY}`, undefined);
      expect(answer).toEqual([400, 'ParticipantNotFound']);
    }
  });

  it('to a conversation that does not exist is answered with 400 ConversationNotFound', async () => {
    const conversation = '/calling/conversations/not-there/participants';
    expect(await codeOf('POST', conversation, invite)).toEqual([400, 'ConversationNotFound']);
    expect(await codeOf('DELETE', `${conversation}/${NOBODY}`, undefined)).toEqual([400, 'ConversationNotFound']);
  });

  it.each([
    ['GET', '/calling/calls'],
    ['POST', '/calling/calls/some-call/hangup'],
    ['POST', '/calling/calls/%E0%A4%A/Hangup'],
    ['POST', '/calling/nothing'],
    ['GET', '/'],
    ['GET', '/simulator/nothing'],
  ])('to an unknown address, %s %s, is answered with 404 in the same error shape', async (method, path) => {
    const answer = await telephone.signed(method, path);
    expect([answer.status, answer.body]).toEqual([404, { code: 'NotFound', message: expect.any(String) }]);
    expect(answer.headers.get('x-ms-request-id')).toMatch(/./);
  });
});
