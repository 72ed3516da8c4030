import { describe, expect, it } from 'vitest';
import { CallScript } from '../../src/lib/rules/calls/script.ts';
import { filledIn, saysName, unfillable } from '../../src/lib/rules/outages/wording.ts';

const saying = (text: string): CallScript => CallScript.parse({ message: { text, voice: 'en-US-JennyNeural' } });
const said = (text: string, words = {}): string => {
  const { message } = filledIn(saying(text), { title: 'Storm', ...words });
  return typeof message === 'object' ? message.text : message;
};

describe('a text', () => {
  it('is filled in with what is so when it is said', () => {
    expect(said('Hello {name}, {title}: until {estimate}.', { name: 'Ada', estimate: 'nine' })).toBe(
      'Hello Ada, Storm: until nine.',
    );
  });

  it('leaves out the name of whoever has none, without a gap', () => {
    expect(said('Hello {name}, the power is out.')).toBe('Hello, the power is out.');
    expect(said('{name} the power is out {name}')).toBe('the power is out');
  });

  it('without anything to fill in is said as it stands', () => {
    expect(said('Two  spaces , as written')).toBe('Two  spaces , as written');
  });

  it('fills in nothing twice: what is filled in may look like something to fill in', () => {
    expect(said('{title}', { title: '{estimate}', estimate: 'nine' })).toBe('{estimate}');
  });

  it('is not longer than can be said, and never nothing', () => {
    expect(said(`{name}${'a'.repeat(3990)}`, { name: 'b'.repeat(100) })).toHaveLength(4000);
    expect(said('{name}')).toBe('Storm');
  });

  it('is known to need a name, or not to', () => {
    expect([saysName(saying('Hello {name}')), saysName(saying('Hello {title}'))]).toEqual([true, false]);
  });
});

describe('what cannot be filled in', () => {
  it('is named before anybody is called', () => {
    expect(unfillable({ script: saying('Until {estimat}'), estimate: undefined })).toEqual([
      'script.message: {estimat} is not known; {estimate}, {title}, {name} are',
    ]);
    expect(unfillable({ script: saying('Until {estimate}'), estimate: undefined })).toEqual([
      'estimate: is needed, for script.message says it',
    ]);
  });

  it('is nothing where everything can', () => {
    expect(unfillable({ script: saying('{title} until {estimate}, {name}'), estimate: 'nine' })).toEqual([]);
    expect(
      unfillable({ script: CallScript.parse({ message: 'https://audio.example/{x}.wav' }), estimate: undefined }),
    ).toEqual([]);
  });
});
