import http from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError, InvalidInputError } from '../../src/lib/base/errors.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import { acsGa, type GaOptions } from '../../src/lib/call-automation/ga/acs-ga.ts';
import type { CallAutomation, RequestIdentity } from '../../src/lib/call-automation/port.ts';
import { GaTelephone } from '../fixtures/ga-telephone.ts';

/** The port on today's API, through the official SDK: which requests it sends, and how it reads the answers. */

const ANN = '+14255550123';
const OPERATOR = { communicationUser: { id: '8:acs:operator' } };
const EXPERT = { phoneNumber: { value: '+14255550134' } };

let telephone: GaTelephone;
let calls: CallAutomation;
beforeEach(async () => {
  telephone = await GaTelephone.start();
  calls = adapter();
});
afterEach(() => telephone.hangUpForGood());

const adapter = (options: GaOptions = {}): CallAutomation =>
  acsGa({ connectionString: telephone.simulator.connectionString }, { maxRetries: 0, ...options });

const as = (identity: string): RequestIdentity => ({ identity, firstAskedAt: new Date('2026-01-05T08:00:00Z') });

const callTo = (value: string) => ({
  targets: [{ phoneNumber: { value } }],
  caller: '+14255550100',
  subject: 'Power cut',
  callbackUri: telephone.callbackUrl,
  reportsParticipants: false,
});

async function established(): Promise<string> {
  const { callLegId } = await calls.createCall(callTo(ANN), as('attempt storm ann 1'));
  await telephone.hears(callLegId, 'CallConnected');
  return callLegId;
}

const requests = (...operations: string[]) =>
  telephone.simulator.requests().filter(({ operation }) => operation !== null && operations.includes(operation));
const asked = (operation: string) => requests(operation).at(-1);

async function failureOf(work: Promise<unknown>): Promise<CallAutomationError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CallAutomationError) return error;
  throw new Error(`no CallAutomationError: ${error}`);
}

describe('the operations', () => {
  it('createCall sends the callee, the caller number and the callback URI', async () => {
    const { callLegId } = await adapter({ sourceIdentity: '8:acs:ringdown' }).createCall(callTo(ANN), as('a'));
    expect(callLegId).toMatch(/^[\w-]{36}$/);
    expect(asked('createCall')).toMatchObject({
      method: 'POST',
      path: '/calling/callConnections',
      status: 201,
      body: {
        targets: [{ kind: 'phoneNumber', phoneNumber: { value: ANN } }],
        sourceCallerIdNumber: { value: '+14255550100' },
        sourceDisplayName: 'Power cut',
        source: { id: '8:acs:ringdown' },
        callbackUri: telephone.callbackUrl,
      },
    });
    expect(asked('createCall')?.body).not.toHaveProperty('callIntelligenceOptions');
  });

  it('createCall can call several people at once', async () => {
    await calls.createCall({ ...callTo(ANN), targets: [OPERATOR, EXPERT] }, as('a'));
    expect(telephone.simulator.calls().created).toEqual({ '8:acs:operator': 1, '+14255550134': 1 });
  });

  it('joinCall joins a conversation by its id', async () => {
    const leg = await established();
    const { conversationId } = telephone.simulator.calls().calls[0] ?? {};
    const { callLegId } = await calls.joinCall(conversationId ?? '', callTo(ANN), as('join'));
    expect(callLegId).not.toBe(leg);
    const { data } = await telephone.hears(callLegId, 'CallConnected');
    expect(data.serverCallId).toBe(conversationId);
  });

  it('hangUp ends the call for everyone, or only leaves it', async () => {
    const leg = await established();
    const { conversationId } = telephone.simulator.calls().calls[0] ?? {};
    const { callLegId: guest } = await calls.joinCall(conversationId ?? '', callTo(ANN), as('join'));
    await telephone.hears(guest, 'CallConnected');
    await calls.hangUp(guest, { leave: true }, as('leave'));
    await telephone.hears(guest, 'CallDisconnected');
    expect(telephone.simulator.calls().callsInFlight).toBe(1);
    await calls.hangUp(leg, { leave: false }, as('hang up'));
    await telephone.hears(leg, 'CallDisconnected');
    expect(requests('hangUp', 'leaveCall').map(({ status }) => status)).toEqual([204, 204]);
  });

  it('playAudio plays a file, in a loop if requested', async () => {
    const leg = await established();
    const audioFileUri = telephone.audio(600);
    await calls.playAudio(leg, { audioFileUri, loop: true, operationContext: 'hold', resourceId: 'hold' }, as('play'));
    expect(asked('playAudio')).toMatchObject({
      status: 202,
      body: {
        playSources: [{ kind: 'file', file: { uri: audioFileUri }, playSourceCacheId: 'hold' }],
        playOptions: { loop: true },
        operationContext: 'hold',
      },
    });
    expect(requests('listen')).toEqual([]);
  });

  it('playAudio speaks a text, if a speech resource is configured', async () => {
    const speech = { text: 'The power is out', voice: 'en-US-JennyNeural' };
    const endpoint = 'https://ringdown.cognitiveservices.azure.com';
    const speaking = adapter({ cognitiveServicesEndpoint: endpoint });
    const { callLegId } = await speaking.createCall(callTo(ANN), as('a'));
    expect(asked('createCall')?.body).toMatchObject({
      callIntelligenceOptions: { cognitiveServicesEndpoint: endpoint },
    });
    await telephone.hears(callLegId, 'CallConnected');
    await speaking.playAudio(callLegId, { speech, operationContext: 'message' }, as('play'));
    expect(asked('playAudio')?.body).toMatchObject({
      playSources: [{ kind: 'text', text: { text: speech.text, voiceName: speech.voice } }],
    });
    await telephone.hears(callLegId, 'PlayCompleted', { operationContext: 'message' });
    expect([speaking.speaks, calls.speaks]).toEqual([true, false]);
    await expect(calls.playAudio(callLegId, { speech }, as('play'))).rejects.toThrow(InvalidInputError);
  });

  it('playAudio with listen first makes the service report the callee’s keys', async () => {
    const leg = await established();
    await calls.playAudio(leg, { audioFileUri: telephone.audio(1), listen: true }, as('play'));
    expect(requests('listen', 'playAudio').map(({ operation }) => operation)).toEqual(['listen', 'playAudio']);
    expect(asked('listen')?.body).toMatchObject({ targetParticipant: { phoneNumber: { value: ANN } } });
    telephone.simulator.press(leg, '1');
    await telephone.hears(leg, 'ContinuousDtmfRecognitionToneReceived', { tone: 'one' });
  });

  it('playAudio plays nothing if it cannot listen, and can be retried', async () => {
    const leg = await established();
    telephone.simulator.faults({ failed: { next: 1, only: ['listen'] } });
    const play = () => calls.playAudio(leg, { audioFileUri: telephone.audio(1), listen: true }, as('play'));
    expect(await failureOf(play())).toMatchObject({ status: 500 });
    expect(requests('playAudio')).toEqual([]);
    await play();
    expect(requests('playAudio')).toHaveLength(1);
  });

  it('cancelMediaProcessing stops the audio', async () => {
    const leg = await established();
    await calls.playAudio(leg, { audioFileUri: telephone.audio(600), operationContext: 'hold' }, as('play'));
    await telephone.hears(leg, 'PlayStarted');
    await calls.cancelMediaProcessing(leg, 'cancel-1', as('cancel'));
    await telephone.hears(leg, 'PlayCanceled', { operationContext: 'hold' });
  });

  it('inviteParticipants adds people one by one, phones with a caller number, and removeParticipant removes them', async () => {
    const leg = await established();
    const caller = '+14255550100';
    await calls.inviteParticipants(
      { callLegId: leg },
      { participants: [OPERATOR, EXPERT], caller, operationContext: 'invite-1' },
      as('invite'),
    );
    expect(requests('inviteParticipants').map(({ body }) => body)).toMatchObject([
      { participantToAdd: { communicationUser: { id: '8:acs:operator' } }, operationContext: 'invite-1' },
      { participantToAdd: { phoneNumber: EXPERT.phoneNumber }, sourceCallerIdNumber: { value: caller } },
    ]);
    expect(requests('inviteParticipants')[0]?.body).not.toHaveProperty('sourceCallerIdNumber');
    await telephone.simulator.waitFor(() => telephone.heard(leg).filter(isAdded).length === 2);
    for (const participantId of ['8:acs:operator', '4:+14255550134']) {
      await calls.removeParticipant(
        { callLegId: leg },
        { participantId, operationContext: participantId },
        as(participantId),
      );
      await telephone.hears(leg, 'RemoveParticipantSucceeded', { operationContext: participantId });
    }
  });

  it('an action out of call first joins the call, and joins once even if it is repeated', async () => {
    await established();
    const { conversationId = '' } = telephone.simulator.calls().calls[0] ?? {};
    const address = { conversationId: conversationId ?? '' };
    const request = { participants: [OPERATOR], operationContext: 'invite', callbackUri: telephone.callbackUrl };
    await calls.inviteParticipants(address, request, as('invite out of call'));
    await calls.inviteParticipants(address, request, as('invite out of call'));
    await telephone.simulator.waitFor(({ invited }) => invited['8:acs:operator'] === 1);
    const removal = { participantId: '8:acs:operator', callbackUri: telephone.callbackUrl };
    await telephone.simulator.waitFor(({ calls: [call] }) =>
      call?.events.some(({ type }) => type === 'ParticipantsUpdated'),
    );
    await calls.removeParticipant(address, removal, as('remove out of call'));
    const legs = telephone.simulator.calls().calls.filter(({ placedBy }) => placedBy === 'joinCall');
    expect(legs).toHaveLength(2);
  });

  it('an action out of call is refused if there is no such call', async () => {
    const request = { participants: [OPERATOR], callbackUri: telephone.callbackUrl };
    const failure = await failureOf(calls.inviteParticipants({ conversationId: 'nowhere' }, request, as('a')));
    expect(failure).toMatchObject({ status: 404, mayHaveHappened: false });
  });
});

const isAdded = (type: string): boolean => type === 'AddParticipantSucceeded';

describe('a request with the same identity', () => {
  it('gives the same call, also to another process', async () => {
    const [one, other] = [adapter(), adapter()];
    const first = await one.createCall(callTo(ANN), as('attempt storm ann 1'));
    expect(await other.createCall(callTo(ANN), as('attempt storm ann 1'))).toEqual(first);
    expect(await other.createCall(callTo(ANN), as('attempt storm ann 2'))).not.toEqual(first);
    expect(telephone.simulator.calls().created).toEqual({ [ANN]: 2 });
  });

  it('gives the same call, even if it is sent many times at once', async () => {
    const people = ['+14255550125', '+14255550126'];
    const both = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((who) =>
        calls.createCall({ ...callTo(people[who] ?? ''), caller: '+14255550101' }, as(`${who}`)),
      ),
    );
    expect(new Set(both.map(({ callLegId }) => callLegId)).size).toBe(2);
    expect(telephone.simulator.calls().created).toEqual({ '+14255550125': 1, '+14255550126': 1 });
  });

  it('is sent once by the SDK, and dials once if repeated after an error or a lost answer', async () => {
    telephone.simulator.faults({
      failed: { next: 1, only: ['createCall'] },
      answerLost: { next: 1, only: ['createCall'] },
    });
    const ask = () => adapter({ maxRetries: 3 }).createCall(callTo(ANN), as('a'));
    for (const status of [500, 0]) expect(await failureOf(ask())).toMatchObject({ status, mayHaveHappened: true });
    await ask();
    expect(requests('createCall').map(({ status }) => status)).toEqual([500, null, 201]);
    expect(telephone.simulator.calls().created).toEqual({ [ANN]: 1 });
  });

  it('is recognised, and the port says so', () => {
    expect(calls.isRepeatable).toBe(true);
  });
});

const IMPATIENT = { maxRetries: 0, timeoutMs: 50 };

describe('errors', () => {
  it('are the service’s own: status, code and message, with the cause kept', async () => {
    const failure = await failureOf(calls.hangUp('00000000-0000-4000-8000-000000000000', { leave: false }, as('a')));
    expect(failure).toMatchObject({ status: 404, code: '8522', mayHaveHappened: false, requestId: expect.any(String) });
    expect(failure.message).toContain('hangUp: The call ');
    expect(failure.cause).toBeInstanceOf(Error);
  });

  it('say how long the service asks us to wait', async () => {
    telephone.simulator.faults({ throttled: { next: 1, retryAfterSeconds: 7 } });
    const failure = await failureOf(calls.createCall(callTo(ANN), as('a')));
    expect(failure).toMatchObject({ status: 429, retryAfterMs: 7000, mayHaveHappened: false });
  });

  it('say that the request may have been done if no answer came', async () => {
    telephone.simulator.faults({ answerLost: { next: 1 } });
    const failure = await failureOf(calls.createCall(callTo(ANN), as('a')));
    expect(failure).toMatchObject({ status: 0, mayHaveHappened: true });
  });

  it('say that the request was not done if nobody listens', async () => {
    const nobody = acsGa({ connectionString: 'endpoint=http://127.0.0.1:9/;accesskey=YQ==' }, { maxRetries: 0 });
    expect(await failureOf(nobody.createCall(callTo(ANN), as('a')))).toMatchObject({
      status: 0,
      mayHaveHappened: false,
    });
  });

  it('come in time even if the service is slow', async () => {
    const nobodyAnswers = http.createServer(() => {});
    await new Promise<void>((resolve) => nobodyAnswers.listen(0, '127.0.0.1', resolve));
    const address = nobodyAnswers.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const slow = acsGa({ connectionString: `endpoint=http://127.0.0.1:${port}/;accesskey=YQ==` }, IMPATIENT);
    expect(await failureOf(slow.cancelMediaProcessing('leg', 'cancel', as('a')))).toMatchObject({
      status: 0,
      mayHaveHappened: true,
    });
    nobodyAnswers.closeAllConnections();
    nobodyAnswers.close();
  });

  it('never show a number', async () => {
    telephone.simulator.faults({ failed: { next: 1 } });
    const failure = await failureOf(calls.createCall(callTo(ANN), as('a')));
    expect(failure.message).not.toContain('5550123');
  });

  it('of a connection string never show its key', async () => {
    const broken = acsGa({ connectionString: 'accesskey=secret' });
    const failure = broken.createCall(callTo(ANN), as('a'));
    await expect(failure).rejects.toThrow(ConfigurationError);
    await expect(failure).rejects.not.toThrow('secret');
  });
});
