import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CallbackUris } from '../../src/lib/services/callback-uris.ts';
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
