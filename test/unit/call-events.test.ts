import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import { toCamelCase } from '../../src/lib/call-automation/casing.ts';
import { type CallEvent, Key } from '../../src/lib/call-automation/events.ts';
import { identityOfEvent } from '../fixtures/ids.ts';

/** The examples of the reference page, In-Call Events: one file each. */
const FOLDER = new URL('../fixtures/events/', import.meta.url);
const Json = z.record(z.string(), z.unknown());
const example = (name: string) => Json.parse(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')));
const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

/** The example with some data replaced, in the casing of the wire. */
const changed = (name: string, data: Record<string, unknown>) => {
  const whole = example(name);
  return { ...whole, data: { ...Json.parse(whole['data']), ...data } };
};

function only(body: unknown): CallEvent {
  const [event, ...others] = parseCallEvents(body);
  if (!event || others.length > 0) throw new Error('not one event');
  return event;
}

/** The error message for a body that is refused. */
function refusal(body: unknown): string {
  try {
    parseCallEvents(body);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'it was accepted';
}

/** What is wrong with an odd event. */
const problemsOf = (body: unknown): string[] => z.array(z.string()).parse(only(body).data['problems']);

const LEG = '471f3600-4e1f-4cd4-9eec-4a484e4cbf00';

describe('the events of the reference page', () => {
  it.each([
    ['call-leg-establishing', 'CallLegStateChanged', { callState: 'establishing' }],
    ['call-leg-established', 'CallLegStateChanged', { callState: 'established' }],
    ['call-leg-terminating', 'CallLegStateChanged', { callState: 'terminating' }],
    ['call-leg-terminated', 'CallLegStateChanged', { callState: 'terminated' }],
    ['dtmf-received', 'DtmfReceived', { callLegId: LEG, toneInfo: { sequenceId: 1, tone: '1' } }],
    [
      'play-audio-completed',
      'PlayAudioResult',
      {
        status: 'completed',
        operationContext: '6c6cbbc7-66b2-47a8-a29c-5e5f73aee86d',
        resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' },
      },
    ],
    ['play-audio-cancelled', 'PlayAudioResult', { status: 'completed', resultInfo: { code: 400, subcode: 8508 } }],
    [
      'invite-participant-completed',
      'InviteParticipantResult',
      { status: 'completed', operationContext: '5dbcbdd4-febf-4091-a5be-543f09b2692c' },
    ],
    ['participants-updated', 'ParticipantsUpdated', { callLegId: '411f6d00-088a-4ee4-a7bf-c064ac10afeb' }],
  ])('%s is read', (name, type, data) => {
    expect(only(example(name))).toMatchObject({ type, occurredAt: example(name)['eventTime'], data });
  });

  it('are all covered above', () => {
    expect(names).toHaveLength(9);
  });

  it('tell who is in the call', () => {
    expect(only(example('participants-updated')).data).toMatchObject({
      participants: [
        {
          identifier: {
            communicationUser: {
              id: '8:acs:016a7064-0581-40b9-be73-6dde64d69d72_00000009-7904-f8c2-51b9-a43a0d0010d9',
            },
          },
          participantId: 'de7539f7-019e-4934-a4c9-9a770e5e07bb',
          isMuted: false,
        },
        { participantId: '16c3518f-5ff5-4989-8073-39255a71fb58' },
      ],
    });
  });

  it.each(names)('%s gives the same event in the casing of the models and without nulls', (name) => {
    expect(parseCallEvents(toCamelCase(example(name)))).toEqual(parseCallEvents(example(name)));
  });

  it.each(names)('%s gives the same event in an array', (name) => {
    expect(parseCallEvents([example(name)])).toEqual(parseCallEvents(example(name)));
  });

  it('are all read, in order, from one body', () => {
    expect(parseCallEvents(names.map(example))).toEqual(names.map((name) => only(example(name))));
  });
});

describe('a tone', () => {
  const toneNamed = (tone: string) => only(changed('dtmf-received', { ToneInfo: { SequenceId: 2, Tone: tone } }));

  it.each(Key.options.filter((key) => key !== '*' && key !== '#'))('Tone%s is the key of the same name', (key) => {
    expect(toneNamed(`Tone${key}`).data).toMatchObject({ toneInfo: { tone: key } });
  });

  it.each([
    ['Star', '*'],
    ['Pound', '#'],
    ['asterisk', '*'],
    ['tone1', '1'],
    ['toneStar', '*'],
    ['a', 'A'],
  ])('%s is the key %s', (tone, key) => {
    expect(toneNamed(tone).data).toMatchObject({ toneInfo: { tone: key } });
  });

  it('that no telephone has is kept as unknown', () => {
    expect(problemsOf(changed('dtmf-received', { ToneInfo: { SequenceId: 2, Tone: 'Tone10' } }))).toEqual([
      'data.toneInfo.tone: is not a telephone key',
    ]);
  });
});

describe('an event with unknown parts', () => {
  it('is kept if its type is unknown', () => {
    const strange = { ...example('dtmf-received'), eventType: 'Microsoft.Communication.RecordingStarted' };
    expect(only(strange)).toEqual({
      type: 'Unknown',
      occurredAt: '2021-05-05T20:31:00.4818813Z',
      data: {
        eventType: 'Microsoft.Communication.RecordingStarted',
        callLegId: LEG,
        toneInfo: { sequenceId: 1, tone: 'Tone1' },
      },
    });
  });

  it('is kept with the call leg that only its subject names', () => {
    const strange = { ...example('dtmf-received'), eventType: 'Something', data: { Answer: 42 } };
    expect(only(strange).data).toEqual({ eventType: 'Something', callLegId: LEG, answer: 42 });
  });

  it('is kept without a call leg if the id it names cannot be a key', () => {
    const strange = {
      ...example('dtmf-received'),
      subject: 'nothing',
      eventType: 'Something',
      data: { CallLegId: 'a/b' },
    };
    expect(only(strange).data).toEqual({ eventType: 'Something' });
  });

  it('keeps an unknown member', () => {
    expect(only(changed('call-leg-terminated', { Mood: 'Sad' })).data).toMatchObject({ mood: 'Sad' });
  });

  it('keeps a participant of an unknown kind', () => {
    const teams = { RawId: '8:orgid:bob', MicrosoftTeamsUser: { UserId: 'bob' } };
    const event = changed('participants-updated', { Participants: [{ Identifier: teams, ParticipantId: 'p-1' }] });
    expect(only(event).data).toMatchObject({ participants: [{ identifier: { rawId: '8:orgid:bob' } }] });
  });
});

describe('a body without any event is refused, and the error says why,', () => {
  it.each([
    ['if it is missing', undefined, 'Event 0 of the callback is not an event'],
    ['if it is null', null, 'Event 0'],
    ['if it is a text', 'hello', 'Event 0'],
    ['if it is an empty array', [], 'the array is empty'],
    ['if it is another object', { hello: 'world' }, 'eventType: '],
    ['if it has two of them', [{ hello: 'world' }, 7], 'eventType: '],
  ])('%s', (_, body, problem) => {
    expect(refusal(body)).toContain(problem);
  });
});

describe('an odd event is kept as unknown, with what is wrong with it,', () => {
  it.each([
    ['if it has no time', { ...example('dtmf-received'), eventTime: 'yesterday' }, 'eventTime: '],
    ['if it has no data', { ...example('dtmf-received'), data: null }, 'data: '],
    ['if it has no call leg', changed('call-leg-established', { CallLegId: null }), 'data.callLegId: '],
    [
      'if its call leg id cannot be a key',
      changed('call-leg-established', { CallLegId: 'a/b#c' }),
      'data.callLegId: must be',
    ],
    ['if it has no state', changed('call-leg-established', { CallState: 7 }), 'data.callState: '],
    ['if it has no tone', changed('dtmf-received', { ToneInfo: null }), 'data.toneInfo: '],
    [
      'if a number is text',
      changed('dtmf-received', { ToneInfo: { SequenceId: '2', Tone: 'Tone1' } }),
      'data.toneInfo.sequenceId: ',
    ],
    ['if its status is unknown', changed('play-audio-completed', { Status: 'Maybe' }), 'data.status: '],
    ['if it has no participants', changed('participants-updated', { Participants: null }), 'data.participants: '],
  ])('%s', (_, body, problem) => {
    expect(only(body).type).toBe('Unknown');
    expect(problemsOf(body).join()).toContain(problem);
  });

  it('with its call leg and type, and its neighbours are read', () => {
    const odd = changed('dtmf-received', { ToneInfo: { SequenceId: 'two', Tone: 'Tone1' } });
    const { eventTime: _, ...timeless } = example('dtmf-received');
    const read = parseCallEvents([example('call-leg-established'), odd, timeless, 7, example('dtmf-received')]);
    expect(read.map(({ type }) => type)).toEqual([
      'CallLegStateChanged',
      'Unknown',
      'Unknown',
      'Unknown',
      'DtmfReceived',
    ]);
    expect(read[1]?.data).toMatchObject({ callLegId: LEG, eventType: 'Microsoft.Communication.DtmfReceived' });
  });

  it('at the time of its arrival if it has none, and without its data if they are long', () => {
    const now = new Date('2026-01-05T08:00:00Z');
    const odd = { ...changed('dtmf-received', { Note: 'x'.repeat(20_000) }), eventTime: undefined };
    const [event] = parseCallEvents([odd], now);
    expect(event?.occurredAt).toBe(now.toISOString());
    expect(JSON.stringify(event).length).toBeLessThan(1_000);
  });
});

describe('an event’s identity', () => {
  const identity = (name: string, data: Record<string, unknown> = {}): string =>
    identityOfEvent(only(changed(name, data)));

  it.each(names)('is the same when the event is delivered again: %s', (name) => {
    expect(identity(name)).toBe(identityOfEvent(only(toCamelCase([example(name)].at(0)))));
  });

  it('differs for each event of the reference page', () => {
    // Two audio results of the page have the same status; only their operation contexts differ.
    expect(new Set(names.map((name) => identity(name))).size).toBe(names.length);
  });

  it.each(names)('can be a key of Table Storage: %s', (name) => {
    expect(identity(name)).toMatch(/^[\w.-]{1,100}$/);
  });

  it('of a state change is the state: a leg enters each state once', () => {
    const later = { ...example('call-leg-established'), eventTime: '2021-05-05T21:00:00Z' };
    expect(identityOfEvent(only(later))).toBe(identity('call-leg-established'));
  });

  it('of a tone is its sequence number: the same key pressed twice gives two events', () => {
    const again = { ToneInfo: { SequenceId: 2, Tone: 'Tone1' } };
    expect(identity('dtmf-received', again)).not.toBe(identity('dtmf-received'));
  });

  it('of a result is that of its action: an audio reported as cancelled and as completed ends once', () => {
    const { ResultInfo: cancelled } = Json.parse(example('play-audio-cancelled')['data']);
    expect(identity('play-audio-completed', { ResultInfo: cancelled })).toBe(identity('play-audio-completed'));
    expect(identity('play-audio-completed', { Status: 'Failed' })).not.toBe(identity('play-audio-completed'));
    expect(identity('play-audio-completed', { OperationContext: 'other' })).not.toBe(identity('play-audio-completed'));
  });

  it('of a participants update is its whole content and its time', () => {
    const later = { ...example('participants-updated'), eventTime: '2021-04-16T06:26:38Z' };
    expect(identityOfEvent(only(later))).not.toBe(identity('participants-updated'));
    expect(identity('participants-updated', { Participants: [] })).not.toBe(identity('participants-updated'));
  });
});
