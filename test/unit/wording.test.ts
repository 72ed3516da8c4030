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

  it('is cut to the length that can be said, and is never empty', () => {
    expect(said(`{name}${'a'.repeat(3990)}`, { name: 'b'.repeat(100) })).toHaveLength(4000);
    expect(said('{name}')).toBe('Storm');
  });

  it('is known to contain the person’s name or not', () => {
    expect([saysName(saying('Hello {name}')), saysName(saying('Hello {title}'))]).toEqual([true, false]);
  });
});

describe('the check of a script’s placeholders', () => {
  it('reports those that cannot be filled in, before anybody is called', () => {
    expect(unfillable({ script: saying('Until {estimat}'), estimate: undefined })).toEqual([
      'script.message: {estimat} is not known; {estimate}, {title}, {name} are',
    ]);
    expect(unfillable({ script: saying('Until {estimate}'), estimate: undefined })).toEqual([
      'estimate: is needed, for script.message says it',
    ]);
  });

  it('reports nothing if all can be filled in', () => {
    expect(unfillable({ script: saying('{title} until {estimate}, {name}'), estimate: 'nine' })).toEqual([]);
    expect(
      unfillable({ script: CallScript.parse({ message: 'https://audio.example/{x}.wav' }), estimate: undefined }),
    ).toEqual([]);
  });
});
