import { describe, expect, it } from 'vitest';
import { CallScript } from '../../src/lib/rules/calls/script.ts';
import { filledIn, saysName, unfillable } from '../../src/lib/rules/outages/wording.ts';

const saying = (text: string): CallScript => CallScript.parse({ message: { text, voice: 'en-US-JennyNeural' } });
const said = (text: string, words = {}): string => {
  const { message } = filledIn(saying(text), { title: 'Storm', ...words });
  return typeof message === 'object' ? message.text : message;
};

describe('a text', () => {
  it('is filled in with the values at the time of the call', () => {
    expect(said('Hello {name}, {title}: until {estimate}.', { name: 'Ada', estimate: 'nine' })).toBe(
      'Hello Ada, Storm: until nine.',
    );
  });

  it('leaves no gap if the person has no name', () => {
    expect(said('Hello {name}, the power is out.')).toBe('Hello, the power is out.');
    expect(said('{name} the power is out {name}')).toBe('the power is out');
  });

  it('without placeholders is said as it is written', () => {
    expect(said('Two  spaces , as written')).toBe('Two  spaces , as written');
  });

  it('is filled in once: a value that looks like a placeholder stays as it is', () => {
    expect(said('{title}', { title: '{estimate}', estimate: 'nine' })).toBe('{estimate}');
  });

  it('is not cut for a name that is too long, and is never empty', () => {
    expect(said(`Hello {name}${'a'.repeat(3_000)}`, { name: 'b'.repeat(7_000) })).toBe(`Hello ${'a'.repeat(3_000)}`);
    expect(said('{name}')).toBe('Storm');
  });

  it('is known to contain the person’s name or not', () => {
    expect([saysName(saying('Hello {name}')), saysName(saying('Hello {title}'))]).toEqual([true, false]);
  });
});

describe('the check of a script’s placeholders', () => {
  const storm = { title: 'Storm', estimate: undefined };

  it('refuses a text that the longest name would make too long to be spoken', () => {
    const text = (length: number): CallScript => saying(`${'a'.repeat(length)}{name}`);
    expect(unfillable({ ...storm, script: text(3_800) })).toEqual([]);
    expect(unfillable({ ...storm, script: text(3_801) })).toEqual([
      'script.message: may have up to 4001 characters with its placeholders filled in (a name has up to 200), and at most 4000 can be spoken; shorten it',
    ]);
    expect(unfillable({ title: 'T'.repeat(200), script: saying(`{title}${'a'.repeat(3_900)}`) })).toHaveLength(1);
  });

  it('reports those that cannot be filled in, before anybody is called', () => {
    expect(unfillable({ ...storm, script: saying('Until {estimat}') })).toEqual([
      'script.message: {estimat} is not known; {estimate}, {title}, {name} are',
    ]);
    expect(unfillable({ ...storm, script: saying('Until {estimate}') })).toEqual([
      'estimate: is needed, for script.message says it',
    ]);
  });

  it('reports nothing if all can be filled in', () => {
    expect(unfillable({ ...storm, script: saying('{title} until {estimate}, {name}'), estimate: 'nine' })).toEqual([]);
    expect(unfillable({ ...storm, script: CallScript.parse({ message: 'https://audio.example/{x}.wav' }) })).toEqual(
      [],
    );
  });
});
