import type { Sound } from '../../call-automation/speech.ts';
import type { CallScript } from '../calls/script.ts';
import type { Outage } from './outage.ts';

/** The placeholders of texts. They are filled in when a text is played, so that it has the current values. */
export type Words = {
  readonly title: string;
  readonly estimate?: string | undefined;
  readonly name?: string | undefined;
};

const KNOWN = ['estimate', 'title', 'name'] as const;
const isKnown = (name: string): name is (typeof KNOWN)[number] => KNOWN.some((known) => known === name);

/** Longest name of a person, characters. Longer ones are refused where they come in. */
export const MAX_NAME = 200;
export const NAME_TOO_LONG = `is longer than ${MAX_NAME} characters`;

/** The longest text that can be spoken, characters (call-automation/speech.ts). */
const LONGEST = 4000;

const PLACEHOLDER = /\{(\w+)\}/g;

const SPOKEN = ['message', 'thanks', 'unavailable'] as const;

const namesIn = (sound: Sound | undefined): string[] =>
  typeof sound === 'object' ? [...sound.text.matchAll(PLACEHOLDER)].map(([, name = '']) => name) : [];

/**
 * Placeholders that could not be filled in, and texts that could become too long to be spoken, by field. Checked at the
 * declaration, not when somebody listens.
 */
export function unfillable({ script, title, estimate }: Pick<Outage, 'script' | 'title' | 'estimate'>): string[] {
  const longest: Words = { title, estimate, name: 'x'.repeat(MAX_NAME) };
  return SPOKEN.flatMap((field) => {
    const names = namesIn(script[field]).flatMap((name) => {
      if (!isKnown(name)) return [`script.${field}: {${name}} is not known; {${KNOWN.join('}, {')}} are`];
      return name === 'estimate' && !estimate ? [`estimate: is needed, for script.${field} says it`] : [];
    });
    const length = textOf(script[field], longest).length;
    return length <= LONGEST ? names : [...names, `script.${field}: ${tooLong(length)}`];
  });
}

const tooLong = (length: number): string =>
  `may have up to ${length} characters with its placeholders filled in (a name has up to ${MAX_NAME}), and at most ${LONGEST} can be spoken; shorten it`;

const textOf = (sound: Sound | undefined, words: Words): string =>
  typeof sound === 'object' ? replaced(sound.text, words) : '';

/** True if a text needs the name of the recipient. */
export const saysName = (script: CallScript): boolean =>
  SPOKEN.some((field) => namesIn(script[field]).includes('name'));

/**
 * The script with its texts filled in. A missing value, for example the name of a recipient without one, is left out.
 */
export function filledIn(script: CallScript, words: Words): CallScript {
  const filled = (sound: Sound): Sound =>
    typeof sound === 'object' ? { ...sound, text: said(sound.text, words) } : sound;
  return {
    ...script,
    message: filled(script.message),
    ...(script.thanks && { thanks: filled(script.thanks) }),
    ...(script.unavailable && { unavailable: filled(script.unavailable) }),
  };
}

/**
 * Never empty, and never longer than the service can speak. A name that does not fit, kept by a version that did not
 * limit it, is left out: the message is not cut for it.
 */
function said(text: string, words: Words): string {
  const whole = replaced(text, words);
  const spoken = whole.length <= LONGEST ? whole : replaced(text, { ...words, name: undefined }).slice(0, LONGEST);
  return spoken || words.title;
}

function replaced(text: string, words: Words): string {
  if (!text.includes('{')) return text;
  return text
    .replace(PLACEHOLDER, (placeholder, name: string) => (isKnown(name) ? (words[name] ?? '') : placeholder))
    .replace(/ +(?=[,.!?;:]|$)/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}
