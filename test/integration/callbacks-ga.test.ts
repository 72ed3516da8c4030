import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenClaims } from '../../simulator/simulator.ts';
import { CallbackUris } from '../../src/lib/services/callback-uris.ts';
import { Town } from './support/town.ts';

/** Callbacks of today's API: who may send them, and how the app reads them. */

let town: Town;
beforeAll(async () => {
  // More lines than the service allows.
  town = await Town.found({ api: 'ga', lines: 5 });
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

const uriFor = (requestId: string): Promise<string> => {
  const secrets = { current: town.stack.settings['CALLBACK_SECRET'] ?? '' };
  return new CallbackUris(town.stack.url, secrets, () => new Date()).uriFor({ kind: 'request', requestId });
};

/** An event of a call, as the service posts it. */
const cloudEvent = (type: string, callConnectionId: string, data: object = {}) => ({
  id: '6d7e0f4c-3a0b-4a52-8c11-0f4a1d2b3c4d',
  source: `calling/callConnections/${callConnectionId}`,
  type: `Microsoft.Communication.${type}`,
  data: { ...data, callConnectionId, serverCallId: 'server-call', correlationId: callConnectionId },
  time: '2026-01-05T08:00:00.1234567+00:00',
  specversion: '1.0',
  datacontenttype: 'application/json',
  subject: `calling/callConnections/${callConnectionId}`,
});

async function post(body: unknown, authorization?: string): Promise<Response> {
  return fetch(await uriFor('from-a-test'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify(body),
  });
}

const callbackToken = async (claims?: TokenClaims): Promise<string> =>
  `Bearer ${await town.stack.simulator.callbackToken(claims)}`;

describe('a callback is refused', () => {
  const forged = () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(town.stack.simulator.url)
      .setAudience(town.stack.simulator.resourceId)
      .setExpirationTime('5 minutes')
      .sign(new TextEncoder().encode('a secret of more than thirty-two characters'));

  test.each<[string, () => Promise<string | undefined>]>([
    ['no token', async () => undefined],
    ['another kind of authorization', async () => 'Basic bm9ib2R5'],
    ['nonsense', async () => 'Bearer nonsense'],
    ['a token for another resource', () => callbackToken({ audience: '11111111-1111-4111-8111-111111111111' })],
    ['a token from another issuer', () => callbackToken({ issuer: 'https://elsewhere.invalid' })],
    ['a token that expired longer ago than clocks may differ', () => callbackToken({ expiresInSeconds: -120 })],
    ['a token signed with another algorithm', async () => `Bearer ${await forged()}`],
    ['a token that was tampered with', async () => `${(await callbackToken()).slice(0, -8)}AAAAAAAA`],
  ])('with %s, and nothing is stored', async (_, authorization) => {
    const response = await post([cloudEvent('CallConnected', 'of-a-stranger')], await authorization());
    expect(response.status).toBe(401);
    await expect(town.call('of-a-stranger')).rejects.toThrow('404');
  });
});

test('a token that expired a moment ago is accepted, because clocks differ', async () => {
  const authorization = await callbackToken({ expiresInSeconds: -10 });
  expect((await post([cloudEvent('CallConnected', 'by-another-clock')], authorization)).status).toBe(200);
});

test('a new key is fetched when the service starts to sign with it', async () => {
  expect((await post([cloudEvent('CallConnected', 'before')], await callbackToken())).status).toBe(200);
  await town.stack.simulator.rotateKeys();
  const authorization = await callbackToken();
  // The app does not fetch the keys for every token with an unknown key, because strangers could send many. So repeat.
  await expect
    .poll(async () => (await post([cloudEvent('CallConnected', 'after')], authorization)).status, {
      timeout: 15_000,
      interval: 500,
    })
    .toBe(200);
}, 30_000);

test('every event of a callback counts, and an unknown one is stored', async () => {
  const events = [
    cloudEvent('CallConnected', 'several'),
    cloudEvent('PlayStarted', 'several', { operationContext: 'hold' }),
    cloudEvent('SomethingNew', 'several', { colour: 'red' }),
    cloudEvent('CallDisconnected', 'several', { resultInformation: { code: 200, subCode: 560000, message: 'Ended.' } }),
  ];
  expect((await post(events, await callbackToken())).status).toBe(200);
  const { leg, events: kept } = await town.record('several');
  expect(leg).toMatchObject({ state: 'terminated', outcome: 'answered', conversationId: 'server-call' });
  expect(kept.map(({ type }) => type).sort()).toEqual([
    'CallLegStateChanged',
    'CallLegStateChanged',
    'PlayAudioResult',
    'Unknown',
  ]);
});

test('a malformed event of a callback does not spoil its good neighbour', async () => {
  const events = [
    cloudEvent('CallConnected', 'half-good'),
    { specversion: '1.0', type: 'Microsoft.Communication.PlayCompleted' },
  ];
  expect((await post(events, await callbackToken())).status).toBe(200);
  expect((await town.record('half-good')).leg).toMatchObject({ state: 'established' });
});

test('a call that the service turned away because there were too many does not count as an attempt', async () => {
  const ann = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
  const number = town.callerNumber();
  // The service allows fewer calls from this number than the outage has lines.
  const busy = [town.callee(), town.callee()].map((callee) => callee.answers().stays());
  for (const { identifier } of busy) {
    await town.enqueue('start-call', { targets: [identifier], callerNumber: number });
  }
  await town.stack.simulator.waitFor(
    ({ calls }) => busy.every(({ identity }) => calls.some(({ targets }) => targets.includes(identity))),
    20_000,
  );
  const outage = await town.declare([ann], {
    callers: [{ number, lines: 5 }],
    retry: { maxAttempts: 1, delaySeconds: {} },
  });
  await town.tick();
  const turnedAway = await town.stack.simulator.waitFor(
    ({ calls }) => calls.find(({ targets, state }) => targets.includes(ann.identity) && state === 'Terminated'),
    20_000,
  );
  expect(turnedAway.reason).toMatchObject({ subcode: 8530 });
  for (const callee of busy) {
    const [call] = town.callsTo(callee);
    await town.enqueue('hang-up', { callLegId: call?.callLegId });
  }
  // The line is not used for half a minute.
  await outage.ended(60_000);
  const { results } = await outage.expectOutcome(ann, 'acknowledged');
  expect(results).toMatchObject([{ attempt: 1, outcome: 'acknowledged' }]);
}, 90_000);

test('an outage can have a spoken text as its message', async () => {
  const bob = town.callee().answers().presses('1').stays();
  const message = { text: 'The power is out in your area. Press one to confirm.', voice: 'en-US-JennyNeural' };
  const outage = await town.declare([bob], { script: { message, thanks: undefined } });
  await outage.run();
  expect((await town.recipient(outage.id, bob))?.outcome).toBe('acknowledged');
  const [call] = town.callsTo(bob);
  const said = town.stack.simulator
    .requests()
    .find(({ operation, path }) => operation === 'playAudio' && path.includes(call?.callLegId ?? ''));
  expect(said?.body).toMatchObject({
    playSources: [{ kind: 'text', text: { text: message.text, voiceName: message.voice } }],
  });
});

test('if several operators decline one by one, the callee hears that nobody is available after the last one', async () => {
  const first = town.user('first-operator').declines();
  const second = town.user('second-operator').doesNotAnswer();
  const carl = town.callee().answers().hears('message').presses('2').hears('unavailable').hears('thanks').stays();
  const script = {
    operators: [first.identifier, second.identifier],
    unavailable: town.audio('unavailable'),
    keyWaitSeconds: 30,
  };
  const outage = await town.declare([carl], { script });
  await town.tick();
  await town.hears(carl, 'message', 'unavailable');
  town.press(carl, '1');
  await outage.ended();
  await outage.expectOutcome(carl, 'acknowledged');
});
