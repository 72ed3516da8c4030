import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/lib/base/errors.ts';
import { acs2021 } from '../../src/lib/call-automation/acs-2021.ts';
import { CallClient } from '../../src/lib/call-automation/call-client.ts';
import { ConversationClient } from '../../src/lib/call-automation/conversation-client.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { ErrorResponse } from '../../src/lib/call-automation/requests.ts';
import { type Call, participantsIn, Telephone } from '../fixtures/telephone.ts';

/** The requests and errors of CallClient and ConversationClient follow the reference page. */

const ANN = '+14255550123';
const OPERATOR = '8:acs:operator';

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
});
afterEach(() => telephone.hangUpForGood());

const established = async (): Promise<Call> => {
  const call = await telephone.call(ANN);
  await call.is('Established');
  return call;
};

/** The last request of an operation, as it was on the wire. */
function asked(operation: string) {
  const request = telephone.simulator.requests().findLast((candidate) => candidate.operation === operation);
  if (!request) throw new Error(`${operation} was not asked for`);
  const { method, path, query, body, status } = request;
  return { method, path, query, body, status };
}

const timesAsked = (operation: string): number =>
  telephone.simulator.requests().filter((request) => request.operation === operation).length;

const query = { 'api-version': '2021-04-15-preview1' };

it('a person whom a message names twice is named once, as they were checked', async () => {
  const calls = acs2021(telephone.simulator.connectionString, '8:acs:the-application');
  const as = { identity: 'request', firstAskedAt: new Date() };
  const ann = { phoneNumber: { value: ANN, also: '+19005550123' }, rawId: '4:+19005550123', phone: '+19005550123' };
  const { callbackUri } = telephone.callTo(ANN);
  await calls.createCall({ targets: [ann], caller: '+14255550100', callbackUri, reportsParticipants: false }, as);
  expect(JSON.stringify(asked('createCall').body)).not.toContain('+1900');
  const participants = [{ communicationUser: { id: OPERATOR }, rawId: '4:+19005550123' }];
  const call = await established();
  await calls.inviteParticipants({ callLegId: call.id }, { participants }, as);
  expect(asked('inviteParticipants').body).toEqual({ participants: [{ communicationUser: { id: OPERATOR } }] });
});

describe('In-Call APIs', () => {
  it('createCall sends the call and returns its call leg id', async () => {
    const request = telephone.callTo(ANN, { subject: 'Outage' });
    const { callLegId } = await telephone.calls.createCall(request);
    expect(callLegId).toMatch(/./);
    expect(asked('createCall')).toEqual({
      method: 'POST',
      path: '/calling/calls',
      query,
      status: 200,
      body: {
        source: { communicationUser: { id: '8:acs:the-application' } },
        targets: [{ phoneNumber: { value: ANN } }],
        sourceAlternateIdentity: { value: '+14255550100' },
        subject: 'Outage',
        callbackUri: request.callbackUri,
        requestedModalities: ['audio'],
        requestedCallEvents: ['participantsUpdated', 'dtmfReceived'],
      },
    });
  });

  it('hangUp ends the call', async () => {
    const call = await established();
    await expect(telephone.calls.hangUp(call.id)).resolves.toBeUndefined();
    const path = `/calling/calls/${call.id}/Hangup`;
    expect(asked('hangUp')).toEqual({ method: 'POST', path, query, body: undefined, status: 202 });
    await call.is('Terminated');
  });

  it('playAudio sends the audio and returns the operation', async () => {
    const call = await established();
    const request = { audioFileUri: telephone.audio(1), loop: true, operationContext: 'the message', resourceId: 'r' };
    await expect(telephone.calls.playAudio(call.id, request)).resolves.toMatchObject({
      id: expect.any(String),
      status: 'notStarted',
      operationContext: 'the message',
    });
    const path = `/calling/calls/${call.id}/PlayAudio`;
    expect(asked('playAudio')).toEqual({ method: 'POST', path, query, body: request, status: 202 });
  });

  it('cancelMediaProcessing sends the operation context, if there is one', async () => {
    const call = await established();
    await expect(telephone.calls.cancelMediaProcessing(call.id, 'enough')).resolves.toMatchObject({
      operationContext: 'enough',
    });
    const path = `/calling/calls/${call.id}/CancelMediaProcessing`;
    const body = { operationContext: 'enough' };
    expect(asked('cancelMediaProcessing')).toEqual({ method: 'POST', path, query, body, status: 202 });
    await telephone.calls.cancelMediaProcessing(call.id);
    expect(asked('cancelMediaProcessing').body).toEqual({});
  });

  it('inviteParticipants adds a person to the call, and removeParticipant removes them', async () => {
    const call = await established();
    const request = telephone.invitation('+14255550177');
    await expect(telephone.calls.inviteParticipants(call.id, request)).resolves.toBeUndefined();
    const path = `/calling/calls/${call.id}/participants`;
    expect(asked('inviteParticipants')).toEqual({ method: 'POST', path, query, body: request, status: 202 });
    expect(request).toMatchObject({ alternateCallerId: { value: '+14255550100' } });

    const who = participantsIn(await call.isWith('8:acs:the-application', ANN, '+14255550177'));
    const participantId = who.at(-1)?.participantId ?? '';
    await expect(telephone.calls.removeParticipant(call.id, participantId)).resolves.toBeUndefined();
    expect(asked('removeParticipant')).toEqual({
      method: 'DELETE',
      path: `${path}/${participantId}`,
      query,
      body: undefined,
      status: 202,
    });
  });
});

describe('Out-of-Call APIs', () => {
  it('joinCall, inviteParticipants and removeParticipant address the conversation by its id', async () => {
    const { targets: _, sourceAlternateIdentity: __, ...request } = telephone.callTo(ANN);
    const { callLegId } = await telephone.conversations.joinCall('a group/id', request);
    const conversation = '/calling/conversations/a%20group%2Fid';
    const joined = { method: 'POST', path: `${conversation}/join`, query, body: request, status: 200 };
    expect(asked('joinCall')).toEqual(joined);

    const invitation = telephone.invitation(OPERATOR, { callbackUri: `${telephone.appUrl}/elsewhere` });
    await telephone.conversations.inviteParticipants('a group/id', invitation);
    expect(asked('inviteToConversation')).toEqual({
      method: 'POST',
      path: `${conversation}/participants`,
      query,
      body: invitation,
      status: 202,
    });
    const { data } = await telephone.receives(({ path }) => path === '/elsewhere');
    expect(data).toMatchObject({ CallLegId: callLegId, Status: 'Completed' });

    const who = participantsIn(await telephone.receives((callback) => participantsIn(callback).length === 2));
    const participantId = who.at(-1)?.participantId ?? '';
    await telephone.conversations.removeParticipant('a group/id', participantId);
    expect(asked('removeFromConversation')).toMatchObject({
      method: 'DELETE',
      path: `${conversation}/participants/${participantId}`,
      query,
      status: 202,
    });
  });
});

describe('errors', () => {
  const failure = (promise: Promise<unknown>): Promise<CallAutomationError> =>
    promise.then(
      () => expect.unreachable('expected a failure'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(CallAutomationError);
        if (!(error instanceof CallAutomationError)) throw error;
        return error;
      },
    );

  it.each(['400-bad-request', '401-unauthorized', '500-internal-server-error'])(
    '%s has the shape that the clients read',
    (name) => {
      const file = new URL(`../fixtures/errors/${name}.json`, import.meta.url);
      expect(ErrorResponse.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual({
        code: '<error-code>',
        message: '<error-message>',
      });
    },
  );

  it('a 400 has status, code, message and request id', async () => {
    const error = await failure(telephone.calls.hangUp('no-such-call'));
    expect(error).toMatchObject({ status: 400, code: 'CallNotFound', mayHaveHappened: false });
    expect(error.message).toContain('The call no-such-call does not exist');
    expect(error.requestId).toBe(telephone.simulator.requests().at(-1)?.requestId);
    expect(timesAsked('hangUp')).toBe(1);
  });

  it('a client with a wrong key gets a 401 for every operation', async () => {
    const endpoint = telephone.simulator.connectionString.split(';')[0];
    const stranger = `${endpoint};accesskey=${Buffer.from('another key').toString('base64')}`;
    const calls = new CallClient(stranger);
    const conversations = new ConversationClient(stranger);
    const { targets: _, sourceAlternateIdentity: __, ...joining } = telephone.callTo(ANN);
    for (const refused of [
      calls.createCall(telephone.callTo(ANN)),
      calls.hangUp('a'),
      calls.playAudio('a', { audioFileUri: telephone.audio(1) }),
      calls.cancelMediaProcessing('a'),
      calls.inviteParticipants('a', telephone.invitation(OPERATOR)),
      calls.removeParticipant('a', 'b'),
      conversations.joinCall('a', joining),
      conversations.inviteParticipants('a', telephone.invitation(OPERATOR)),
      conversations.removeParticipant('a', 'b'),
    ]) {
      const error = await failure(refused);
      expect(error).toMatchObject({ status: 401, code: 'Unauthorized', requestId: expect.stringMatching(/./) });
      expect(error.message).toContain('The signature does not match');
    }
    expect(telephone.simulator.requests()).toHaveLength(9);
    expect(telephone.simulator.calls().calls).toEqual([]);
  });

  it('a 500 for createCall or joinCall is not retried, because the call may have been placed', async () => {
    telephone.simulator.faults({ failed: { rate: 1 } });
    const { targets: _, sourceAlternateIdentity: __, ...joining } = telephone.callTo(ANN);
    for (const refused of [
      telephone.calls.createCall(telephone.callTo(ANN)),
      telephone.conversations.joinCall('a', joining),
    ]) {
      const error = await failure(refused);
      expect(error).toMatchObject({ status: 500, code: 'InternalServerError', mayHaveHappened: true });
    }
    expect([timesAsked('createCall'), timesAsked('joinCall')]).toEqual([1, 1]);
  });

  it('a 500 for any other operation is retried', async () => {
    const call = await established();
    telephone.simulator.faults({ failed: { next: 1, only: ['hangUp'] } });
    await telephone.calls.hangUp(call.id);
    expect(timesAsked('hangUp')).toBe(2);
  });

  it('a 429 for playAudio is retried after the time in Retry-After', async () => {
    const call = await established();
    telephone.simulator.faults({ throttled: { next: 2, retryAfterSeconds: 1, only: ['playAudio'] } });
    const began = performance.now();
    await call.plays(1, 'after all');
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(timesAsked('playAudio')).toBe(3);
    await call.hears('PlayAudioResult', { OperationContext: 'after all' });
  });

  it('a 429 for createCall or joinCall is not retried by the client', async () => {
    telephone.simulator.faults({ throttled: { rate: 1, retryAfterSeconds: 7 } });
    const { targets: _, sourceAlternateIdentity: __, ...joining } = telephone.callTo(ANN);
    const expected = { status: 429, code: 'TooManyRequests', retryAfterMs: 7_000, mayHaveHappened: false };
    expect(await failure(telephone.calls.createCall(telephone.callTo(ANN)))).toMatchObject(expected);
    expect(await failure(telephone.conversations.joinCall('a', joining))).toMatchObject(expected);
    expect([timesAsked('createCall'), timesAsked('joinCall')]).toEqual([1, 1]);
    expect(telephone.simulator.calls().calls).toEqual([]);
  });

  it('createCall and joinCall are not retried after a lost answer, and there is one call', async () => {
    telephone.simulator.faults({ answerLost: { rate: 1 } });
    const { targets: _, sourceAlternateIdentity: __, ...joining } = telephone.callTo(ANN);
    const error = await failure(telephone.calls.createCall(telephone.callTo(ANN)));
    expect(error).toMatchObject({ status: 0, mayHaveHappened: true });
    expect(await failure(telephone.conversations.joinCall('a', joining))).toMatchObject({ status: 0 });
    expect([timesAsked('createCall'), timesAsked('joinCall')]).toEqual([1, 1]);
    expect(telephone.simulator.calls()).toMatchObject({ created: { [ANN]: 1 }, calls: [{}, {}] });
  });

  it('any other operation is retried after a lost answer', async () => {
    const call = await established();
    telephone.simulator.faults({ answerLost: { next: 1, only: ['playAudio'] } });
    await call.plays(1, 'twice');
    expect(timesAsked('playAudio')).toBe(2);
  });

  it('a refused connection means that nothing can have happened', async () => {
    const calls = new CallClient('endpoint=http://127.0.0.1:9/;accesskey=AAAA');
    const error = await failure(calls.createCall(telephone.callTo(ANN)));
    expect(error).toMatchObject({ status: 0, mayHaveHappened: false });
  });

  it('an unreadable answer means that the request may have been done', async () => {
    const elsewhere = new CallClient(`endpoint=${telephone.appUrl}/;accesskey=AAAA`);
    const error = await failure(elsewhere.createCall(telephone.callTo(ANN)));
    expect(error).toMatchObject({ status: 200, code: 'UnreadableAnswer', mayHaveHappened: true });
  });

  it('an invalid connection string is refused, and the error does not show it', () => {
    expect(() => new CallClient('endpoint=nowhere;accesskey=hidden')).toThrow(ConfigurationError);
    expect(() => new ConversationClient('hidden')).toThrow(/^(?!.*hidden)/s);
  });
});
