import { createCommunicationAuthPolicy, parseClientArguments } from '@azure/communication-common';
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALLER, GaTelephone } from '../fixtures/ga-telephone.ts';

/** Calls from a Teams resource account, through the official SDK. */

const ANN = '+14255550123';
const BOB = '+14255550124';
const OPERATOR = '+14255550130';
const ACCOUNT = '11111111-2222-4333-8444-555555555555';
const ITS_NUMBER = '+14255550190';
const STRANGER = '99999999-2222-4333-8444-555555555555';

let telephone: GaTelephone;
beforeEach(async () => {
  telephone = await GaTelephone.start({ resourceAccounts: { [ACCOUNT]: ITS_NUMBER } });
});
afterEach(() => telephone.hangUpForGood());

const connection = (id: string) => telephone.client.getCallConnection(id);
const rang = () => telephone.simulator.calls().created;

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    ({ statusCode, code }) => `${statusCode}/${code}`,
  );

/** A call from the account in which Ann has answered. */
async function answered(): Promise<string> {
  const id = await telephone.callsFrom(ACCOUNT, ANN);
  await telephone.hears(id, 'CallConnected');
  return id;
}

const added = (id: string, invite: object) =>
  connection(id).addParticipant({ targetParticipant: { phoneNumber: OPERATOR }, ...invite });

describe('a call from a resource account', () => {
  it('is answered, and has its events as any call has', async () => {
    const id = await telephone.callsFrom(ACCOUNT, ANN);
    await telephone.hears(id, 'CallConnected');
    const { data } = await telephone.hears(id, 'ParticipantsUpdated');
    expect(data).toMatchObject({
      participants: [{ identifier: { rawId: `28:orgid:${ACCOUNT}` } }, { identifier: { rawId: `4:${ANN}` } }],
    });
    await connection(id).getCallMedia().startContinuousDtmfRecognition({ phoneNumber: ANN });
    telephone.simulator.press(id, '1');
    await telephone.hears(id, 'ContinuousDtmfRecognitionToneReceived', { tone: 'one' });
    await connection(id)
      .getCallMedia()
      .playToAll([{ kind: 'fileSource', url: telephone.audio(1) }]);
    await telephone.hears(id, 'PlayCompleted');
    await connection(id).hangUp(true);
    await telephone.hears(id, 'CallDisconnected');
  });

  it('shows its callee the number of the account, and takes a line of it', async () => {
    const id = await answered();
    const { sourceCallerIdNumber } = await connection(id).getCallConnectionProperties();
    expect(sourceCallerIdNumber).toBeUndefined();
    const { maxCallsInFlightByNumber, calls } = telephone.simulator.calls();
    expect(maxCallsInFlightByNumber).toEqual({ [ITS_NUMBER]: 1 });
    expect(calls[0]).toMatchObject({ callerNumber: ITS_NUMBER, source: `28:orgid:${ACCOUNT}` });
  });

  it.each([
    ['names a caller number', { sourceCallIdNumber: CALLER }],
    ['names itself', { sourceDisplayName: 'Storm' }],
  ])('is refused if the request %s', async (_, more) => {
    const options = { teamsAppSource: { teamsAppId: ACCOUNT } };
    const invite = { targetParticipant: { phoneNumber: ANN }, ...more };
    expect(await refusalOf(telephone.client.createCall(invite, telephone.callbackUrl, options))).toBe('400/8523');
    expect(rang()).toEqual({});
  });

  it('is refused if the account is not assigned', async () => {
    expect(await refusalOf(telephone.callsFrom(STRANGER, ANN))).toBe('403/7504');
    expect(rang()).toEqual({});
  });

  it('is refused once its assignment is taken back', async () => {
    const { connectionString } = telephone.simulator;
    const path = `access/teamsExtension/tenants/${STRANGER}/assignments/${ACCOUNT}?api-version=2025-06-30`;
    const { url, credential } = parseClientArguments(connectionString);
    const pipeline = createPipelineFromOptions({});
    pipeline.addPolicy(createCommunicationAuthPolicy(credential), { phase: 'Sign' });
    const request = { url: `${url}${path}`, method: 'DELETE' as const, allowInsecureConnection: true };
    await pipeline.sendRequest(createDefaultHttpClient(), createPipelineRequest(request));
    expect(await refusalOf(telephone.callsFrom(ACCOUNT, ANN))).toBe('403/7504');
  });

  it('finds the account whatever the case of its id', async () => {
    await telephone.callsFrom(ACCOUNT.toUpperCase(), ANN);
    expect(rang()).toEqual({ [ANN]: 1 });
  });

  it('calls telephones only', async () => {
    const invite = { targetParticipant: { communicationUserId: '8:acs:ann' } };
    const options = { teamsAppSource: { teamsAppId: ACCOUNT } };
    expect(await refusalOf(telephone.client.createCall(invite, telephone.callbackUrl, options))).toBe('400/8523');
    const id = await answered();
    expect(await refusalOf(added(id, { targetParticipant: { communicationUserId: '8:acs:operator' } }))).toBe(
      '400/8523',
    );
  });

  it('calls no number twice', async () => {
    expect(await refusalOf(telephone.callsFrom(ACCOUNT, ANN, ANN))).toBe('400/8523');
    const id = await answered();
    expect(await refusalOf(added(id, { targetParticipant: { phoneNumber: ANN } }))).toBe('400/8523');
    await added(id, {});
    await telephone.hears(id, 'AddParticipantSucceeded');
    await connection(id).removeParticipant({ phoneNumber: OPERATOR });
    await telephone.hears(id, 'RemoveParticipantSucceeded');
    expect(await refusalOf(added(id, {}))).toBe('400/8523');
    expect(telephone.simulator.calls().invited).toEqual({ [OPERATOR]: 1 });
  });

  it('adds a telephone without a caller number', async () => {
    const id = await answered();
    expect(await refusalOf(added(id, { sourceCallIdNumber: CALLER }))).toBe('400/8523');
    await added(id, {});
    const { data } = await telephone.hears(id, 'AddParticipantSucceeded');
    expect(data).toMatchObject({ participant: { rawId: `4:${OPERATOR}` } });
  });

  it('cannot be joined', async () => {
    const id = await answered();
    const { serverCallId = '' } = await connection(id).getCallConnectionProperties();
    const locator = { kind: 'serverCallLocator' as const, id: serverCallId };
    expect(await refusalOf(telephone.client.connectCall(locator, telephone.callbackUrl))).toBe('405/8520');
  });
});

it('a call that nobody answers fails and disconnects, in either order', async () => {
  const orders = new Set<string>();
  for (let index = 0; index < 40 && orders.size < 2; index++) {
    telephone.person(BOB, 'busy');
    const id = await telephone.callsFrom(ACCOUNT, BOB);
    for (const type of ['CreateCallFailed', 'CallDisconnected']) {
      const { data } = await telephone.hears(id, type);
      expect(data).toMatchObject({ resultInformation: { code: 486, subCode: 560486 } });
    }
    orders.add(telephone.heard(id).join());
  }
  expect(orders).toEqual(new Set(['CreateCallFailed,CallDisconnected', 'CallDisconnected,CreateCallFailed']));
});
