import { CallAutomationClient } from '@azure/communication-call-automation';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALLER, GaTelephone } from '../fixtures/ga-telephone.ts';

/** Tests today's API: the official SDK works against the simulator without changes. */

const ANN = '+14255550123';
const BOB = '+14255550124';
const OPERATOR = '8:acs:operator';

let telephone: GaTelephone;
beforeEach(async () => {
  telephone = await GaTelephone.start();
});
afterEach(() => telephone.hangUpForGood());

const connection = (id: string) => telephone.client.getCallConnection(id);
const media = (id: string) => connection(id).getCallMedia();
const file = (seconds: number) => ({ kind: 'fileSource' as const, url: telephone.audio(seconds) });
const rang = () => telephone.simulator.calls().created;

/** The status and code of the error that the SDK throws. */
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    ({ statusCode, code }) => `${statusCode}/${code}`,
  );

describe('through the SDK,', () => {
  it('a call is created, and the answer shows its targets, caller number and state', async () => {
    const invite = { targetParticipant: { phoneNumber: ANN }, sourceCallIdNumber: CALLER, sourceDisplayName: 'Storm' };
    const { callConnectionProperties: properties } = await telephone.client.createCall(invite, telephone.callbackUrl);
    expect(properties).toMatchObject({
      callConnectionId: expect.stringMatching(/^[\w-]{36}$/),
      serverCallId: expect.any(String),
      callConnectionState: 'connecting',
      sourceCallerIdNumber: CALLER,
      targetParticipants: [{ phoneNumber: ANN, rawId: `4:${ANN}` }],
      source: { communicationUserId: expect.stringContaining(telephone.simulator.resourceId) },
    });
    const id = properties.callConnectionId ?? '';
    await telephone.hears(id, 'CallConnected');
    expect(await connection(id).getCallConnectionProperties()).toMatchObject({
      callConnectionId: id,
      callConnectionState: 'connected',
    });
  });

  it('a file is played to everybody, with an event at its start and at its end', async () => {
    const id = await telephone.reaches(ANN);
    await media(id).playToAll([file(2)], { operationContext: 'message' });
    await telephone.hears(id, 'PlayStarted', { operationContext: 'message' });
    const ended = await telephone.hears(id, 'PlayCompleted', { operationContext: 'message' });
    expect(ended.data).toMatchObject({ resultInformation: { code: 200, subCode: 0 } });
  });

  it('audio is cancelled', async () => {
    const id = await telephone.reaches(ANN);
    await media(id).playToAll([file(600)], { loop: true, operationContext: 'hold' });
    await telephone.hears(id, 'PlayStarted');
    await media(id).cancelAllOperations();
    const { data } = await telephone.hears(id, 'PlayCanceled', { operationContext: 'hold' });
    expect(data).toMatchObject({ resultInformation: { code: 400, subCode: 8508 } });
  });

  it.each([
    ['does not exist', () => ({ kind: 'fileSource' as const, url: `${telephone.appUrl}/nothing.wav` }), 8536],
    ['is a text, in a call without Cognitive Services', () => TEXT, 8565],
  ])('audio that %s is accepted and fails', async (_, source, subCode) => {
    const id = await telephone.reaches(ANN);
    await media(id).playToAll([source()], { operationContext: 'message' });
    const { data } = await telephone.hears(id, 'PlayFailed', { operationContext: 'message' });
    expect(data).toMatchObject({ resultInformation: { code: 400, subCode } });
  });

  it('a text is said in a call that was placed with Cognitive Services', async () => {
    const callIntelligenceOptions = { cognitiveServicesEndpoint: 'https://ringdown.cognitiveservices.azure.com' };
    const { callConnectionProperties } = await telephone.client.createCall(
      { targetParticipant: { phoneNumber: ANN }, sourceCallIdNumber: CALLER },
      telephone.callbackUrl,
      { callIntelligenceOptions },
    );
    const id = callConnectionProperties.callConnectionId ?? '';
    await telephone.hears(id, 'CallConnected');
    await media(id).playToAll([TEXT]);
    await telephone.hears(id, 'PlayCompleted');
  });

  it('key presses of a person are reported while the application listens to them', async () => {
    const id = await telephone.reaches(ANN);
    telephone.simulator.press(id, '1');
    await media(id).startContinuousDtmfRecognition({ phoneNumber: ANN });
    telephone.simulator.press(id, '2*#A');
    await telephone.hears(id, 'ContinuousDtmfRecognitionToneReceived', { tone: 'a' });
    await media(id).stopContinuousDtmfRecognition({ phoneNumber: ANN });
    telephone.simulator.press(id, '3');
    await connection(id).hangUp(true);
    await telephone.hears(id, 'CallDisconnected');
    const tones = telephone.inbox.value.flatMap(({ data }) => data['tone'] ?? []);
    expect(tones).toEqual(['two', 'asterisk', 'pound', 'a']);
  });

  it('a person is added, answers, and is removed', async () => {
    const id = await telephone.reaches(ANN);
    telephone.person(OPERATOR, 'answers after 1 s, stays');
    const operator = { communicationUserId: OPERATOR };
    const added = await connection(id).addParticipant({ targetParticipant: operator }, { operationContext: 'invite' });
    expect(added).toMatchObject({ operationContext: 'invite', participant: { identifier: operator } });
    const { data } = await telephone.hears(id, 'AddParticipantSucceeded', { operationContext: 'invite' });
    expect(data).toMatchObject({ participant: { rawId: OPERATOR }, resultInformation: { code: 200 } });

    await connection(id).removeParticipant(operator, { operationContext: 'remove' });
    await telephone.hears(id, 'RemoveParticipantSucceeded', { operationContext: 'remove' });
    await connection(id).removeParticipant(operator, { operationContext: 'again' });
    await telephone.hears(id, 'RemoveParticipantFailed', { operationContext: 'again' });
  });

  it('each person who is added and does not answer gets an event that names them', async () => {
    const id = await telephone.reaches(ANN);
    telephone.person(OPERATOR, 'declines');
    telephone.person(BOB, 'busy');
    const options = { operationContext: 'invite' };
    await connection(id).addParticipant({ targetParticipant: { communicationUserId: OPERATOR } }, options);
    await connection(id).addParticipant(
      { targetParticipant: { phoneNumber: BOB }, sourceCallIdNumber: CALLER },
      options,
    );
    await telephone.simulator.waitFor(() => failures().length === 2);
    expect(new Set(failures())).toEqual(new Set([`${OPERATOR} 603`, `4:${BOB} 486`]));

    function failures() {
      const failed = telephone.inbox.value.filter(({ type }) => type === 'AddParticipantFailed');
      return failed.map(
        ({ data }) => `${JSON.stringify(data['participant']).match(/rawId":"([^"]+)/)?.[1]} ${codeOf(data)}`,
      );
    }
  });

  it('the participants of the call are reported with rising sequence numbers', async () => {
    const id = await telephone.reaches(ANN);
    telephone.person(OPERATOR, 'answers after 1 s, talks 2 s');
    await connection(id).addParticipant({ targetParticipant: { communicationUserId: OPERATOR } });
    await telephone.hears(id, 'ParticipantsUpdated', { sequenceNumber: 3 });
    const updates = telephone.inbox.value.filter(({ type }) => type === 'ParticipantsUpdated').map(({ data }) => data);
    expect(updates.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2, 3]);
    expect(updates[1]).toMatchObject({
      participants: [
        { identifier: { kind: 'communicationUser' }, isMuted: false },
        { identifier: { rawId: `4:${ANN}`, kind: 'phoneNumber', phoneNumber: { value: ANN } } },
        { identifier: { rawId: OPERATOR } },
      ],
    });
  });

  it('a call is joined by its server call id, and leaving does not end it', async () => {
    const id = await telephone.reaches(ANN);
    const { serverCallId = '' } = await connection(id).getCallConnectionProperties();
    const locator = { kind: 'serverCallLocator' as const, id: serverCallId };
    const { callConnectionProperties } = await telephone.client.connectCall(locator, telephone.callbackUrl);
    const guest = callConnectionProperties.callConnectionId ?? '';
    expect((await telephone.hears(guest, 'CallConnected')).data).toMatchObject({ serverCallId });
    await connection(guest).hangUp(false);
    await telephone.hears(guest, 'CallDisconnected');
    expect(await connection(id).getCallConnectionProperties()).toMatchObject({ callConnectionState: 'connected' });
    expect(telephone.heard(id)).not.toContain('CallDisconnected');
  });

  it('joining a call that does not exist fails with an event', async () => {
    const locator = { kind: 'serverCallLocator' as const, id: 'nowhere' };
    const { callConnectionProperties } = await telephone.client.connectCall(locator, telephone.callbackUrl);
    const id = callConnectionProperties.callConnectionId ?? '';
    const { data } = await telephone.hears(id, 'ConnectFailed');
    expect(data).toMatchObject({ resultInformation: { code: 404, subCode: 8522 } });
  });

  it('a call is ended for everyone, and only once', async () => {
    const id = await telephone.reaches(ANN);
    await connection(id).hangUp(true);
    await telephone.hears(id, 'CallDisconnected');
    expect(await refusalOf(connection(id).hangUp(true))).toBe('404/8522');
    expect(telephone.simulator.calls().callsInFlight).toBe(0);
  });
});

const TEXT = { kind: 'textSource' as const, text: 'The power is out in your area.', voiceName: 'en-US-JennyNeural' };
const codeOf = ({ resultInformation }: Record<string, unknown>) =>
  /"code":(\d+)/.exec(JSON.stringify(resultInformation))?.[1];

describe('a call that nobody answers', () => {
  it.each([
    ['busy', 486, 560486],
    ['no answer', 480, 560480],
    ['declines', 603, 560603],
    ['unknown number', 404, 560404],
  ])('fails with an event (%s)', async (does, code, subCode) => {
    telephone.person(ANN, does);
    const id = await telephone.calls(ANN);
    const { data } = await telephone.hears(id, 'CreateCallFailed');
    expect(data).toMatchObject({ resultInformation: { code, subCode } });
    expect(telephone.heard(id)).toEqual(['CreateCallFailed']);
  });

  it('is placed and fails at once if its caller number already has two calls', async () => {
    await Promise.all([telephone.reaches(ANN), telephone.reaches(BOB)]);
    const id = await telephone.calls('+14255550125');
    const { data } = await telephone.hears(id, 'CreateCallFailed');
    expect(data).toMatchObject({ resultInformation: { code: 429, subCode: 8530 } });
    expect(rang()).toEqual({ [ANN]: 1, [BOB]: 1 });
  });
});

describe('a request with a known Repeatability-Request-ID', () => {
  const as = (id: string, firstSent = new Date().toUTCString()) => ({
    requestOptions: {
      customHeaders: { 'Repeatability-Request-ID': id, 'Repeatability-First-Sent': firstSent },
    },
  });
  const ID = '0b0d4a3c-7b4e-4f5a-9c3d-2e1f0a9b8c7d';
  const place = (options: object) =>
    telephone.client.createCall(
      { targetParticipant: { phoneNumber: ANN }, sourceCallIdNumber: CALLER },
      telephone.callbackUrl,
      options,
    );

  it('returns the same call in its present state', async () => {
    const first = await place(as(ID));
    const id = first.callConnectionProperties.callConnectionId ?? '';
    await telephone.hears(id, 'CallConnected');
    const again = await place(as(ID));
    expect(again.callConnectionProperties).toMatchObject({ callConnectionId: id, callConnectionState: 'connected' });
    expect(rang()).toEqual({ [ANN]: 1 });
  });

  it('places another call if its id differs', async () => {
    await place(as(ID));
    await place(as('1b0d4a3c-7b4e-4f5a-9c3d-2e1f0a9b8c7d'));
    expect(rang()).toEqual({ [ANN]: 2 });
  });

  it('does not add a person twice', async () => {
    const id = await telephone.reaches(ANN);
    const add = () => connection(id).addParticipant({ targetParticipant: { communicationUserId: OPERATOR } }, as(ID));
    const [first, again] = [await add(), await add()];
    expect(again.invitationId).toBe(first.invitationId);
    expect(telephone.simulator.calls().invited).toEqual({ [OPERATOR]: 1 });
  });

  it('places the call if it was refused before', async () => {
    telephone.simulator.faults({ failed: { next: 1, only: ['createCall'] } });
    await place(as(ID));
    expect(rang()).toEqual({ [ANN]: 1 });
  });

  it('is sent by the SDK itself after a lost answer', async () => {
    telephone.simulator.faults({ answerLost: { next: 1, only: ['createCall'] } });
    const { callConnectionProperties } = await place(as(ID));
    expect(callConnectionProperties.callConnectionId).toMatch(/./);
    expect(rang()).toEqual({ [ANN]: 1 });
  });

  it.each([
    ['no UUID of version 4', as('6ba7b810-9dad-11d1-80b4-00c04fd430c8')],
    ['no date', as(ID, 'yesterday')],
  ])('is refused with %s', async (_, options) => {
    expect(await refusalOf(place(options))).toBe('400/8523');
    expect(rang()).toEqual({});
  });
});

describe('a wrong request', () => {
  const NOWHERE = '00000000-0000-4000-8000-000000000000';

  it('is refused with the nested errors and the numbers of this API', async () => {
    expect(await refusalOf(connection(NOWHERE).getCallConnectionProperties())).toBe('404/8522');
    const id = await telephone.calls(ANN);
    expect(await refusalOf(media(id).playToAll([file(1)]))).toBe('400/8501');
    const unnamed = { targetParticipant: { phoneNumber: ANN } };
    expect(await refusalOf(telephone.client.createCall(unnamed, telephone.callbackUrl))).toBe('400/8523');
  });

  it('is throttled if the fault is on', async () => {
    telephone.simulator.faults({ throttled: { next: 9, retryAfterSeconds: 0 } });
    expect(await refusalOf(telephone.calls(ANN))).toBe('429/8516');
  });

  it('is refused if it is signed with another key', async () => {
    const key = Buffer.from('another key').toString('base64');
    const stranger = new CallAutomationClient(`endpoint=${telephone.simulator.url}/;accesskey=${key}`, {
      ...{ allowInsecureConnection: true },
    });
    expect(await refusalOf(stranger.getCallConnection(NOWHERE).getCallConnectionProperties())).toBe('401/7509');
  });
});

describe('callbacks', () => {
  it('are an array of one CloudEvent that leaves out missing values', async () => {
    const id = await telephone.reaches(ANN);
    const { raw, event } = await telephone.hears(id, 'CallConnected');
    expect(raw).toHaveLength(1);
    expect(JSON.stringify(raw)).not.toContain('null');
    expect(event).toMatchObject({
      type: 'Microsoft.Communication.CallConnected',
      specversion: '1.0',
      source: `calling/callConnections/${id}`,
      subject: `calling/callConnections/${id}`,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/),
    });
  });

  it('carry a token for this resource, valid for five minutes, signed with a published key', async () => {
    const id = await telephone.reaches(ANN);
    const { authorization = '' } = await telephone.hears(id, 'CallConnected');
    const { url, resourceId } = telephone.simulator;
    const configuration = await (await fetch(`${url}/calling/.well-known/acsopenidconfiguration`)).json();
    expect(configuration).toMatchObject({ issuer: url, jwks_uri: `${url}/calling/keys` });
    const keys = createRemoteJWKSet(new URL(`${url}/calling/keys`));
    const { payload, protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), keys, {
      issuer: url,
      audience: resourceId,
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect((payload.exp ?? 0) - Date.now() / 1000).toBeCloseTo(300, -1);
  });

  it('are subject to the same faults, by the event names of both APIs', async () => {
    telephone.simulator.faults({
      dropped: { next: 1, only: ['CallConnected'] },
      doubled: { next: 1, only: ['PlayAudioResult'] },
    });
    const id = await telephone.calls(ANN);
    await telephone.hears(id, 'ParticipantsUpdated');
    await media(id).playToAll([file(1)]);
    await connectionEnds(id);
    expect(telephone.heard(id)).not.toContain('CallConnected');
    expect(telephone.heard(id).filter((type) => type === 'PlayCompleted')).toHaveLength(2);
  });
});

async function connectionEnds(id: string): Promise<void> {
  await telephone.hears(id, 'PlayCompleted');
  await connection(id).hangUp(true);
  await telephone.hears(id, 'CallDisconnected');
}
