import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import { type Callback, participantsIn, Telephone } from '../fixtures/telephone.ts';

/** Tests what callbacks look like, when they are sent, and how they are delivered. */

const ANN = '+14255550123';

let telephone: Telephone;
beforeEach(async () => {
  telephone = await Telephone.start();
});
afterEach(() => telephone.hangUpForGood());

/** The names and types of all members. Strings and nulls count as one type, because the reference page has both. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value === 'string') return 'text';
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

const Body = z.looseObject({ data: z.record(z.string(), z.unknown()) });

const example = (name: string) =>
  Body.parse(JSON.parse(readFileSync(new URL(`../fixtures/events/${name}.json`, import.meta.url), 'utf8')));

describe('the nine events of the reference page', () => {
  it('are sent with exactly the members that the reference page shows', async () => {
    telephone.person(ANN, 'presses 1');
    const call = await telephone.call('8:acs:ann');
    telephone.person('8:acs:ann', 'presses 1, stays');
    await call.is('Established');
    await call.plays(1, 'played');
    await call.hears('PlayAudioResult', { OperationContext: 'played' });
    await call.plays(1, 'cancelled', true);
    await telephone.calls.cancelMediaProcessing(call.id);
    await call.hears('PlayAudioResult', { OperationContext: 'cancelled' });
    telephone.simulator.press(call.id, '1');
    await call.invites('8:acs:operator');
    await call.hears('InviteParticipantResult');
    await call.hears('DtmfReceived');
    await call.hangsUp();
    const sent: Record<string, Callback> = {
      'call-leg-establishing': await call.is('Establishing'),
      'call-leg-established': await call.is('Established'),
      'call-leg-terminating': await call.is('Terminating'),
      'call-leg-terminated': await call.is('Terminated'),
      'dtmf-received': await call.hears('DtmfReceived'),
      'play-audio-completed': await call.hears('PlayAudioResult', { OperationContext: 'played' }),
      'play-audio-cancelled': await call.hears('PlayAudioResult', { OperationContext: 'cancelled' }),
      'invite-participant-completed': await call.hears('InviteParticipantResult'),
      'participants-updated': await call.hears('ParticipantsUpdated'),
    };
    const examples = readdirSync(new URL('../fixtures/events/', import.meta.url)).map((file) =>
      file.replace('.json', ''),
    );
    expect(Object.keys(sent).sort()).toEqual(examples.sort());
    for (const [name, callback] of Object.entries(sent)) {
      expect([name, shapeOf(callback.raw)]).toEqual([name, shapeOf(example(name))]);
      expect(Object.keys(Body.parse(callback.raw).data)).toEqual(Object.keys(example(name).data));
      expect(parseCallEvents(callback.raw)).toHaveLength(1);
    }
    for (const name of ['play-audio-completed', 'play-audio-cancelled']) {
      expect(sent[name]?.data['ResultInfo']).toEqual(example(name).data['ResultInfo']);
    }
  });

  it('carry the conversation id in base64 once the call is established', async () => {
    const call = await telephone.call(ANN);
    expect((await call.is('Establishing')).data['ConversationId']).toBeNull();
    const { ConversationId } = (await call.is('Established')).data;
    expect(Buffer.from(String(ConversationId), 'base64').toString()).toMatch(/^https:\/\/conv\./);
    await call.hangsUp();
    expect((await call.is('Terminated')).data['ConversationId']).toBe(ConversationId);
  });

  it('come as arrays if the option says so', async () => {
    await telephone.hangUpForGood();
    telephone = await Telephone.start({ callbackBody: 'array' });
    const call = await telephone.call(ANN);
    expect((await call.is('Established')).raw).toEqual([expect.objectContaining({ topic: null })]);
  });
});

describe('requestedCallEvents', () => {
  it('turns on the events for participants and tones; all other events are always sent', async () => {
    telephone.person(ANN, 'presses 1 after 1 s, hangs up after 1 s');
    const call = await telephone.call(ANN, { requestedCallEvents: [] });
    await call.is('Established');
    await call.plays(1, 'the message');
    await call.is('Terminated');
    expect(new Set(call.heard)).toEqual(new Set(['CallLegStateChanged', 'PlayAudioResult']));
    const other = await telephone.call(ANN, { requestedCallEvents: ['participantsUpdated'] });
    await other.is('Established');
    await other.plays(1, 'the message');
    await other.is('Terminated');
    expect(new Set(other.heard)).toEqual(new Set(['CallLegStateChanged', 'PlayAudioResult', 'ParticipantsUpdated']));
  });
});

describe('audio', () => {
  it('takes as long as the file, divided by the speed', async () => {
    const call = await telephone.call(ANN);
    await call.is('Established');
    const began = performance.now();
    await call.plays(25, 'half a second at this speed');
    await call.hears('PlayAudioResult');
    expect(performance.now() - began).toBeGreaterThan(490);
  });

  it.each([
    ['that is not a WAV', '/callbacks', 8536],
    ['that does not exist', '/audio/missing.wav', 8536],
  ])('%s fails', async (_, path, subcode) => {
    const call = await telephone.call(ANN);
    await call.is('Established');
    await telephone.calls.playAudio(call.id, { audioFileUri: `${telephone.appUrl}${path}`, operationContext: 'bad' });
    const { data } = await call.hears('PlayAudioResult', { OperationContext: 'bad', Status: 'Failed' });
    expect(data['ResultInfo']).toMatchObject({ Code: 400, Subcode: subcode });
  });

  it('in another format fails', async () => {
    const call = await telephone.call(ANN);
    await call.is('Established');
    const audioFileUri = `${telephone.simulator.url}/simulator/calls`;
    await telephone.calls.playAudio(call.id, { audioFileUri });
    const { data } = await call.hears('PlayAudioResult', { OperationContext: null, Status: 'Failed' });
    expect(data['ResultInfo']).toMatchObject({ Code: 400, Subcode: 8535 });
  });

  it('waits for audio that is already playing, and cancelling ends both', async () => {
    const call = await telephone.call(ANN);
    await call.is('Established');
    await call.plays(5, 'first');
    await call.plays(5, 'second');
    await call.hears('PlayAudioResult', { OperationContext: 'second' });
    await call.plays(5, 'third', true);
    await call.plays(5, 'fourth');
    await telephone.calls.cancelMediaProcessing(call.id);
    await call.hears('PlayAudioResult', { OperationContext: 'third' });
    await call.hears('PlayAudioResult', { OperationContext: 'fourth' });
    const results = call.callbacks.filter(({ eventType }) => eventType.endsWith('PlayAudioResult'));
    expect(results.slice(0, 2).map(({ data }) => [data['OperationContext'], data['Status']])).toEqual([
      ['first', 'Completed'],
      ['second', 'Completed'],
    ]);
    expect(results.slice(2).map(({ data }) => data['ResultInfo'])).toMatchObject([
      { Subcode: 8508 },
      { Subcode: 8508 },
    ]);
  });
});

describe('delivery', () => {
  const statusesOf = (callLegId: string) =>
    telephone.simulator.waitFor(({ calls }) => {
      const events = calls.find((call) => call.callLegId === callLegId)?.events ?? [];
      return events.at(-1)?.status !== null && events.map(({ tries }) => tries.map(({ status }) => status));
    });

  it.each([[500], [503], [408], [429]])('is retried after a %i', async (status) => {
    telephone.answers.push(status, status);
    telephone.person(ANN, 'no answer after 600 s');
    const call = await telephone.call(ANN);
    await telephone.simulator.waitFor(({ calls }) => calls[0]?.events[0]?.status === 200);
    expect(await statusesOf(call.id)).toEqual([[status, status, 200]]);
  });

  it.each([[400], [401], [404], [302]])('is not retried after a %i, and redirects are not followed', async (status) => {
    telephone.answers.push(status);
    const call = await telephone.call(ANN);
    await call.is('Established');
    expect((await statusesOf(call.id)).slice(0, 2)).toEqual([[status], [200]]);
    expect(telephone.inbox.value.every(({ path }) => path === '/callbacks')).toBe(true);
  });

  it('is given up after four attempts, and then the next event is sent', async () => {
    telephone.answers.push(500, 500, 500, 500);
    const call = await telephone.call(ANN);
    await call.is('Established');
    expect((await statusesOf(call.id)).slice(0, 2)).toEqual([[500, 500, 500, 500], [200]]);
  });

  it('records that no answer came', async () => {
    telephone.person(ANN, 'no answer after 600 s');
    await telephone.call(ANN, { callbackUri: 'http://127.0.0.1:9/nobody' });
    const tries = await telephone.simulator.waitFor(({ calls }) => {
      const event = calls[0]?.events[0];
      return event?.tries.length === 4 && event.tries;
    });
    expect(tries).toEqual(Array(4).fill({ at: expect.any(String), status: null, error: expect.any(String) }));
  });

  it('keeps the order of the events of a call, however slow the answers are', async () => {
    telephone.answers.push(500);
    telephone.person(ANN, 'answers after 0 s');
    const call = await telephone.call(ANN);
    await call.is('Established');
    const states = call.callbacks.map(({ data }) => data['CallState']).filter(Boolean);
    expect(states).toEqual(['Establishing', 'Establishing', 'Established']);
    expect(participantsIn(await call.hears('ParticipantsUpdated'))).toHaveLength(2);
  });
});
