import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import { parseCallEvents } from '../../src/lib/call-automation/callbacks.ts';
import { toCamelCase } from '../../src/lib/call-automation/casing.ts';
import { type CallEvent, Key } from '../../src/lib/call-automation/events.ts';
import { identityOfEvent } from '../../src/lib/rules/calls/event-identity.ts';

/** The examples of the reference page, In-Call Events: one file each. */
const FOLDER = new URL('../fixtures/events/', import.meta.url);
const Json = z.record(z.string(), z.unknown());
const example = (name: string) => Json.parse(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')));
const names = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

/** The example with other data, in the wire's own casing. */
const changed = (name: string, data: Record<string, unknown>) => {
  const whole = example(name);
  return { ...whole, data: { ...Json.parse(whole['data']), ...data } };
};

function only(body: unknown): CallEvent {
  const [event, ...others] = parseCallEvents(body);
  if (!event || others.length > 0) throw new Error('not one event');
  return event;
}

/** What is said of a body that is refused. */
function refusal(body: unknown): string {
  try {
    parseCallEvents(body);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'it was taken';
}

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

  it('are all of them read above', () => {
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

  it.each(names)('%s reads the same in the casing of the models, without its nulls', (name) => {
    expect(parseCallEvents(toCamelCase(example(name)))).toEqual(parseCallEvents(example(name)));
  });

  it.each(names)('%s reads the same in an array of one', (name) => {
    expect(parseCallEvents([example(name)])).toEqual(parseCallEvents(example(name)));
  });

  it('are all read where several come at once, in order', () => {
    expect(parseCallEvents(names.map(example))).toEqual(names.map((name) => only(example(name))));
  });
});

describe('a tone', () => {
  const toneNamed = (tone: string) => only(changed('dtmf-received', { ToneInfo: { SequenceId: 2, Tone: tone } }));

  it.each(Key.options.filter((key) => key !== '*' && key !== '#'))('Tone%s is the key of that name', (key) => {
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

  it('that is on no telephone is refused', () => {
    expect(refusal(changed('dtmf-received', { ToneInfo: { SequenceId: 2, Tone: 'Tone10' } }))).toContain(
      'data.toneInfo.tone: is not a telephone key',
    );
  });
});

describe('what is not known is kept', () => {
  it('a type of event', () => {
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

  it('an event whose leg only its subject names', () => {
    const strange = { ...example('dtmf-received'), eventType: 'Something', data: { Answer: 42 } };
    expect(only(strange).data).toEqual({ eventType: 'Something', callLegId: LEG, answer: 42 });
  });

  it('an event that names no leg that could be a key', () => {
    const strange = {
      ...example('dtmf-received'),
      subject: 'nothing',
      eventType: 'Something',
      data: { CallLegId: 'a/b' },
    };
    expect(only(strange).data).toEqual({ eventType: 'Something' });
  });

  it('a member of an event', () => {
    expect(only(changed('call-leg-terminated', { Mood: 'Sad' })).data).toMatchObject({ mood: 'Sad' });
  });

  it('a kind of participant', () => {
    const teams = { RawId: '8:orgid:bob', MicrosoftTeamsUser: { UserId: 'bob' } };
    const event = changed('participants-updated', { Participants: [{ Identifier: teams, ParticipantId: 'p-1' }] });
    expect(only(event).data).toMatchObject({ participants: [{ identifier: { rawId: '8:orgid:bob' } }] });
  });
});

describe('what is no event is refused by the name of what is wrong', () => {
  it.each([
    ['nothing', undefined, 'Event 0 of the callback is not an event'],
    ['null', null, 'Event 0'],
    ['a text', 'hello', 'Event 0'],
    ['an empty array', [], 'the array is empty'],
    ['an object of something else', { hello: 'world' }, 'eventType: '],
    ['no time', { ...example('dtmf-received'), eventTime: 'yesterday' }, 'eventTime: '],
    ['no data', { ...example('dtmf-received'), data: null }, 'data: '],
    ['no leg', changed('call-leg-established', { CallLegId: null }), 'data.callLegId: '],
    ['a leg that cannot be a key', changed('call-leg-established', { CallLegId: 'a/b#c' }), 'data.callLegId: must be'],
    ['no state', changed('call-leg-established', { CallState: 7 }), 'data.callState: '],
    ['no tone', changed('dtmf-received', { ToneInfo: null }), 'data.toneInfo: '],
    ['no number of the tone', changed('dtmf-received', { ToneInfo: { Tone: 'Tone1' } }), 'data.toneInfo.sequenceId: '],
    ['no status', changed('play-audio-completed', { Status: 'Maybe' }), 'data.status: '],
    ['no participants', changed('participants-updated', { Participants: null }), 'data.participants: '],
  ])('%s', (_, body, problem) => {
    expect(refusal(body)).toContain(problem);
  });

  it('in an array by its place, and nothing of the array is taken', () => {
    const bad = changed('call-leg-established', { CallLegId: null });
    expect(refusal([example('dtmf-received'), bad])).toContain('Event 1 of the callback is no CallLegStateChanged');
  });
});

describe('an event’s identity', () => {
  const identity = (name: string, data: Record<string, unknown> = {}): string =>
    identityOfEvent(only(changed(name, data)));

  it.each(names)('is the same when it is delivered again: %s', (name) => {
    expect(identity(name)).toBe(identityOfEvent(only(toCamelCase([example(name)].at(0)))));
  });

  it('is another for each event of the page', () => {
    // Two audios of the page have one status and differ in their context; that is all that the page tells them apart by.
    expect(new Set(names.map((name) => identity(name))).size).toBe(names.length);
  });

  it.each(names)('can be a key of Table Storage: %s', (name) => {
    expect(identity(name)).toMatch(/^[\w.-]{1,100}$/);
  });

  it('of a state is the state: a leg enters each but once', () => {
    const later = { ...example('call-leg-established'), eventTime: '2021-05-05T21:00:00Z' };
    expect(identityOfEvent(only(later))).toBe(identity('call-leg-established'));
  });

  it('of a tone is its number in the call: the same key pressed twice is two tones', () => {
    const again = { ToneInfo: { SequenceId: 2, Tone: 'Tone1' } };
    expect(identity('dtmf-received', again)).not.toBe(identity('dtmf-received'));
  });

  it('of a result is that of its action: cancelled and completed of one audio are one end of it', () => {
    const { ResultInfo: cancelled } = Json.parse(example('play-audio-cancelled')['data']);
    expect(identity('play-audio-completed', { ResultInfo: cancelled })).toBe(identity('play-audio-completed'));
    expect(identity('play-audio-completed', { Status: 'Failed' })).not.toBe(identity('play-audio-completed'));
    expect(identity('play-audio-completed', { OperationContext: 'other' })).not.toBe(identity('play-audio-completed'));
  });

  it('of who is present is all that it says, and when', () => {
    const later = { ...example('participants-updated'), eventTime: '2021-04-16T06:26:38Z' };
    expect(identityOfEvent(only(later))).not.toBe(identity('participants-updated'));
    expect(identity('participants-updated', { Participants: [] })).not.toBe(identity('participants-updated'));
  });
});
