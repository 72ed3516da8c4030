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

/** The longest text that can be spoken, characters (call-automation/speech.ts). */
const LONGEST = 4000;

const PLACEHOLDER = /\{(\w+)\}/g;

const SPOKEN = ['message', 'thanks', 'unavailable'] as const;

const namesIn = (sound: Sound | undefined): string[] =>
  typeof sound === 'object' ? [...sound.text.matchAll(PLACEHOLDER)].map(([, name = '']) => name) : [];

/** Placeholders that could not be filled in, by field. Checked at the declaration, not when somebody listens. */
export function unfillable({ script, estimate }: Pick<Outage, 'script' | 'estimate'>): string[] {
  return SPOKEN.flatMap((field) =>
    namesIn(script[field]).flatMap((name) => {
      if (!isKnown(name)) return [`script.${field}: {${name}} is not known; {${KNOWN.join('}, {')}} are`];
      return name === 'estimate' && !estimate ? [`estimate: is needed, for script.${field} says it`] : [];
    }),
  );
}

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

function said(text: string, words: Words): string {
  if (!text.includes('{')) return text;
  const filled = text
    .replace(PLACEHOLDER, (placeholder, name: string) => (isKnown(name) ? (words[name] ?? '') : placeholder))
    .replace(/ +(?=[,.!?;:]|$)/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  // Never empty, and never longer than the service can speak.
  return filled.slice(0, LONGEST) || words.title;
}
