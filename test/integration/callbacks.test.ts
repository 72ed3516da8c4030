import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallbackUris } from '../../src/lib/services/callback-uris.ts';
import type { Callee } from './support/callee.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.found();
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

/** A callback URI, signed as the app signs it. */
function callbackUri(secret = town.stack.settings['CALLBACK_SECRET'] ?? ''): Promise<string> {
  return new CallbackUris(town.stack.url, { current: secret }, () => new Date()).uriFor({
    kind: 'request',
    requestId: 'from-a-test',
  });
}

/** Posts as our ACS resource does: with today's API, each callback has a token. */
const post = async (uri: string, body: unknown): Promise<Response> =>
  fetch(uri, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await town.stack.simulator.callbackToken()}`,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const FIXTURES = new URL('../fixtures/events/', import.meta.url);
const fixture = (name: string): { data: Record<string, unknown> } =>
  JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));

const ESTABLISHED = {
  data: { CallLegId: 'leg-of-a-stranger', CallState: 'Established' },
  eventType: 'Microsoft.Communication.CallLegStateChanged',
  eventTime: '2021-05-05T20:08:59.5783985Z',
};

const keyIn = (CallLegId: string | undefined, SequenceId: number, digit: string) => ({
  ...ESTABLISHED,
  eventType: 'Microsoft.Communication.DtmfReceived',
  data: { CallLegId, ToneInfo: { SequenceId, Tone: `Tone${digit}` } },
});
const ended = (CallLegId: string | undefined) => ({ ...ESTABLISHED, data: { CallLegId, CallState: 'Terminated' } });

test('a callback without our token is refused, and nothing is stored', async () => {
  const secretOfAStranger = 'a stranger would have to guess this secret';
  const [signed = '', token = ''] = (await callbackUri()).split('/call-events/');
  for (const uri of [
    `${signed}/call-events/nonsense`,
    `${signed}/call-events/${token}x`,
    await callbackUri(secretOfAStranger),
  ]) {
    const response = await post(uri, ESTABLISHED);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ status: 401, detail: expect.stringContaining('token') });
  }
  await expect(town.call('leg-of-a-stranger')).rejects.toThrow('404');
});

test.each(readdirSync(FIXTURES))('the reference page’s %s is understood and stored', async (name) => {
  const event = fixture(name);
  const callLegId = `${name.replace('.json', '')}-leg`;
  const mine = { ...event, data: { ...event.data, CallLegId: callLegId } };
  expect((await post(await callbackUri(), mine)).status).toBe(200);
  const { events } = await town.record(callLegId);
  expect(events).toHaveLength(1);
  expect(events[0]?.type).not.toBe('Unknown');
});

test('one body may contain several events, in either casing', async () => {
  const body = [
    { ...ESTABLISHED, data: { callLegId: 'both-casings', callState: 'establishing' } },
    { ...ESTABLISHED, data: { CallLegId: 'both-casings', CallState: 'Established', ConversationId: null } },
  ];
  expect((await post(await callbackUri(), body)).status).toBe(200);
  const { leg, events } = await town.record('both-casings');
  expect(leg['state']).toBe('established');
  expect(events).toHaveLength(2);
});

test('an event that arrives twice counts once, and a late event undoes nothing', async () => {
  const uri = await callbackUri();
  const state = (CallState: string) => ({ ...ESTABLISHED, data: { CallLegId: 'twice', CallState } });
  for (const name of ['Established', 'Terminated', 'Terminated', 'Establishing', 'Established']) {
    expect((await post(uri, state(name))).status).toBe(200);
  }
  const { leg, events } = await town.record('twice');
  expect(leg).toMatchObject({ state: 'terminated', outcome: 'answered' });
  expect(events).toHaveLength(3);
});

test('an event of an unknown type is stored and answered with 200', async () => {
  const event = {
    ...ESTABLISHED,
    eventType: 'Microsoft.Communication.RecordingStarted',
    data: { CallLegId: 'new-type' },
  };
  expect((await post(await callbackUri(), event)).status).toBe(200);
  const { events } = await town.record('new-type');
  expect(events).toMatchObject([{ type: 'Unknown', data: { eventType: 'Microsoft.Communication.RecordingStarted' } }]);
});

test.each([
  ['not JSON', '{', 'JSON'],
  ['not an event', { hello: 'world' }, 'eventType'],
  ['an empty array', [], 'empty'],
])('a body that is %s is answered with 400 and says what is wrong', async (_what, body, named) => {
  const response = await post(await callbackUri(), body);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain(named);
});

test('an odd event of a callback is kept as unknown, and its good neighbour is applied', async () => {
  const good = { ...ESTABLISHED, data: { ...ESTABLISHED.data, CallLegId: 'half-good' } };
  const odd = {
    ...ESTABLISHED,
    eventType: 'Microsoft.Communication.DtmfReceived',
    data: { CallLegId: 'half-good', ToneInfo: { SequenceId: 1, Tone: 'Tone99' } },
  };
  const response = await post(await callbackUri(), [odd, good]);
  expect(response.status).toBe(200);
  const { events } = await town.record('half-good');
  expect(events).toMatchObject([{ type: 'Unknown' }, { type: 'CallLegStateChanged' }]);
});

test('with the token of one call, events of another change nothing and are refused, and its own events count', async () => {
  const [ada, bob] = [0, 1].map(() => town.callee().answers().hears('message').hears('thanks').stays());
  if (!ada || !bob) throw new Error('there are two people');
  const outage = await town.declare([ada, bob], { script: { keyWaitSeconds: 60 } });
  await town.tick();
  const waits = async (callee: Callee) => {
    const [call] = town.callsTo(callee);
    const record = await town.record(call?.callLegId ?? '');
    expect(record.leg.stage).toBe('waiting');
    return { call, record };
  };
  const [ofAda, ofBob] = await eventually(() => Promise.all([waits(ada), waits(bob)]));
  const body = [
    keyIn(ofBob.call?.callLegId, 1, '3'),
    keyIn(ofAda.call?.callLegId, 1, '1'),
    ended(ofBob.call?.callLegId),
    { ...ESTABLISHED, data: { ...ESTABLISHED.data, CallLegId: ofBob.call?.callLegId } },
  ];
  const before = await town.recipient(outage.id, bob);
  const response = await post(ofAda.call?.callbackUri ?? '', body);
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ detail: 'The token is that of another call' });
  expect(await town.record(ofBob.record.leg.callLegId)).toEqual(ofBob.record);
  expect(await town.recipient(outage.id, bob)).toEqual(before);
  const { events } = await town.record(ofAda.record.leg.callLegId);
  expect(events.map(({ type }) => type)).toContain('DtmfReceived');
  town.press(bob, '1');
  await outage.ended();
  await outage.expectOutcome(bob, 'acknowledged');
}, 60_000);

test('a body of more than a hundred events is refused, and none is stored', async () => {
  const many = Array.from({ length: 101 }, (_, index) => keyIn('one-of-many', index, '1'));
  const response = await post(await callbackUri(), many);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('101 events; at most 100') });
  await expect(town.call('one-of-many')).rejects.toThrow('404');
  expect((await post(await callbackUri(), many.slice(1))).status).toBe(200);
});
