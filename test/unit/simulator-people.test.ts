import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Behaviour, People } from '../../simulator/people/behaviour.ts';
import { inWords, PeopleLanguageError, readScript } from '../../simulator/people/language.ts';
import { Outcome, Script } from '../../simulator/people/script.ts';
import { Key } from '../../src/lib/call-automation/events.ts';

describe('the language that describes people', () => {
  it.each([
    [
      'answers after 4 s, presses 1 after 3 s, stays',
      { outcome: 'answers', ringSeconds: 4, steps: [{ do: 'press', key: '1', afterSeconds: 3 }, { do: 'stay' }] },
    ],
    ['busy', { outcome: 'busy', ringSeconds: 1, steps: [] }],
    ['no answer', { outcome: 'noAnswer', ringSeconds: 25, steps: [] }],
    ['declines', { outcome: 'declines', ringSeconds: 4, steps: [] }],
    ['unknown number', { outcome: 'unknownNumber', ringSeconds: 0.5, steps: [] }],
    ['voicemail', { outcome: 'answers', ringSeconds: 4, steps: [{ do: 'record' }] }],
    [
      'presses 2 and talks 20 s',
      {
        outcome: 'answers',
        ringSeconds: 4,
        steps: [
          { do: 'press', key: '2', afterSeconds: 2 },
          { do: 'talk', seconds: 20 },
        ],
      },
    ],
    ['hangs up after 2 s', { outcome: 'answers', ringSeconds: 4, steps: [{ do: 'hangUp', afterSeconds: 2 }] }],
    [
      'presses 5, then 1',
      {
        outcome: 'answers',
        ringSeconds: 4,
        steps: [
          { do: 'press', key: '5', afterSeconds: 2 },
          { do: 'press', key: '1', afterSeconds: 2 },
        ],
      },
    ],
    [
      'answers after 2 s, presses * after 5 s, then 1 after 2 s',
      {
        outcome: 'answers',
        ringSeconds: 2,
        steps: [
          { do: 'press', key: '*', afterSeconds: 5 },
          { do: 'press', key: '1', afterSeconds: 2 },
        ],
      },
    ],
    [
      'mutes after 3 s and unmutes after 1 min',
      {
        outcome: 'answers',
        ringSeconds: 4,
        steps: [
          { do: 'mute', afterSeconds: 3 },
          { do: 'unmute', afterSeconds: 60 },
        ],
      },
    ],
    ['Answers after 500ms, talks 20s', { outcome: 'answers', ringSeconds: 0.5, steps: [{ do: 'talk', seconds: 20 }] }],
    [
      'presses star, and then pound',
      {
        outcome: 'answers',
        ringSeconds: 4,
        steps: [
          { do: 'press', key: '*', afterSeconds: 2 },
          { do: 'press', key: '#', afterSeconds: 2 },
        ],
      },
    ],
    ['no answer after 40 s', { outcome: 'noAnswer', ringSeconds: 40, steps: [] }],
  ])('reads "%s"', (description, script) => {
    expect(readScript(description)).toEqual(script);
    expect(Script.parse(script)).toEqual(script);
  });

  it.each([
    ['jumps', '"jumps" is not understood', '"answers [after N s]"', '"presses KEY [after N s]"'],
    ['', 'it ends', '"busy"', '"voicemail"'],
    ['answers, jumps', '"jumps" is not understood after "answers ,"', '"presses KEY [after N s]"', '"stays"'],
    ['answers after 4', 'it ends after "answers after 4"', 'a unit: s, min or ms'],
    ['answers after a while', '"a" is not understood', 'a duration, for example "4 s"'],
    ['presses 10', '"10" is not understood after "presses"', 'a key: 0 to 9, *, # or A to D'],
    ['answers presses 1', '"presses" is not understood after "answers"', '","'],
    ['presses 1,', 'it ends after "presses 1 ,"', '"hangs up [after N s]"'],
    ['busy, presses 1', '"presses" is not understood after "busy ,"', 'the end'],
    ['hangs up, presses 1', '"presses" is not understood after "hangs up ,"', 'the end'],
    ['voicemail, stays', '"stays" is not understood after "voicemail ,"', 'the end'],
    ['mutes, 1', '"1" is not understood', '"presses KEY [after N s]"'],
    ['hangs on', '"hangs" is not understood', '"hangs up [after N s]"'],
  ])('rejects "%s" and says which words are allowed', (description, ...says) => {
    const read = () => readScript(description);
    expect(read).toThrow(PeopleLanguageError);
    for (const part of says) expect(read).toThrow(part);
  });

  const seconds = fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10);
  const going = fc.oneof(
    fc.record({ do: fc.constant('press' as const), key: fc.constantFrom(...Key.options), afterSeconds: seconds }),
    fc.record({ do: fc.constantFrom('mute' as const, 'unmute' as const), afterSeconds: seconds }),
  );
  const ending = fc.oneof(
    fc.record({ do: fc.constant('talk' as const), seconds }),
    fc.record({ do: fc.constant('hangUp' as const), afterSeconds: seconds }),
    fc.constant({ do: 'stay' as const }),
  );
  const scripts: fc.Arbitrary<Script> = fc
    .tuple(fc.constantFrom(...Outcome.options), seconds, fc.array(going, { maxLength: 5 }), fc.option(ending))
    .map(([outcome, ringSeconds, steps, last]) => ({
      outcome,
      ringSeconds,
      steps: outcome === 'answers' ? [...steps, ...(last ? [last] : [])] : [],
    }));

  it('reads back every script that it writes', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        expect(readScript(inWords(script))).toEqual(script);
      }),
    );
    expect(inWords(readScript('voicemail'))).toBe('voicemail after 4 s');
  });

  it('only ever throws PeopleLanguageError', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom('answers', 'presses', 'after', '1', 's', ',', 'then', 'hangs', 'up', 'busy'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(words, (said) => {
        try {
          Script.parse(readScript(said.join(' ')));
        } catch (error) {
          expect(error).toBeInstanceOf(PeopleLanguageError);
        }
      }),
    );
  });
});

describe('the behaviour of people', () => {
  const behaviour = (people: People, seed = 1): Behaviour => {
    const made = new Behaviour(seed);
    made.learn(People.parse(people));
    return made;
  };
  const mix = { 'answers after 4 s, presses 1 after 3 s': 6, 'no answer': 3, busy: 1 };
  const numbers = Array.from({ length: 400 }, (_, index) => `+1425555${String(index).padStart(4, '0')}`);

  it('is found by the exact number first, then by the longest matching pattern', () => {
    const town = behaviour({
      people: { '+1425*': 'busy', '+1425555*': 'declines', '+14255550123': 'voicemail', '8:acs:*-ops': 'no answer' },
    });
    expect(inWords(town.next('+14255550123'))).toBe('voicemail after 4 s');
    expect(town.next('+14255550124').outcome).toBe('declines');
    expect(town.next('+14256000000').outcome).toBe('busy');
    expect(town.next('8:acs:night-ops').outcome).toBe('noAnswer');
    expect(inWords(town.next('+442079460000'))).toBe('answers after 4 s');
  });

  it('uses one script of a list for each call, and repeats the last one', () => {
    const person = behaviour({ people: { '+14255550123': ['busy', 'no answer', 'answers after 2 s'] } });
    const outcomes = Array.from({ length: 4 }, () => person.next('+14255550123').outcome);
    expect(outcomes).toEqual(['busy', 'noAnswer', 'answers', 'answers']);
  });

  it('is drawn from the mix by weight, and repeats for the same seed', () => {
    const one = behaviour({ mix });
    const drawn = numbers.map((number) => one.next(number).outcome);
    const answers = drawn.filter((outcome) => outcome === 'answers').length;
    expect(answers).toBeGreaterThan(200);
    expect(answers).toBeLessThan(280);
    const again = behaviour({ mix });
    expect([...numbers].reverse().map((number) => again.next(number).outcome)).toEqual([...drawn].reverse());
    const other = behaviour({ mix }, 2);
    expect(numbers.map((number) => other.next(number).outcome)).not.toEqual(drawn);
  });

  it('adds to the earlier settings, or replaces them', () => {
    const town = behaviour({ people: { '+1*': 'busy' }, mix });
    town.learn(People.parse({ people: { '+44*': 'declines' } }));
    expect([town.next('+14255550123').outcome, town.next('+442079460000').outcome]).toEqual(['busy', 'declines']);
    town.learn(People.parse({ replace: true, people: { '+44*': 'no answer' } }));
    expect(town.describe()).toMatchObject({ people: { '+44*': ['no answer after 25 s'] }, mix: {} });
  });

  it('accepts scripts as data, and says what is wrong with words or data', () => {
    const data: Script = { outcome: 'answers', ringSeconds: 1, steps: [{ do: 'stay' }] };
    expect(behaviour({ people: { '+1*': data } }).next('+14255550123')).toEqual(data);
    expect(() => People.parse({ people: { '+1*': 'dances' } })).toThrow('dances');
    expect(() => People.parse({ mix: { dances: 1 } })).toThrow('dances');
    expect(() => People.parse({ people: { '+1*': 5 } })).toThrow('must be a description');
  });
});
