import { Key } from '../../src/lib/call-automation/events.ts';
import { isLast, type Outcome, RING_SECONDS, type Script, STEP_SECONDS, type Step } from './script.ts';

/**
 * The language that describes people: `answers after 4 s, presses 1 after 3 s, stays`.
 *
 *     description = [opening] { separator step }        without an opening: "answers after 4 s"
 *     separator   = any of  ,  and  then
 *     opening, step                                     see OPENINGS and STEPS below
 */

/** A description that cannot be read. The message says which word is wrong and what is allowed there. */
export class PeopleLanguageError extends Error {
  override readonly name = 'PeopleLanguageError';
}

type Phrase<Meaning> = {
  readonly words: string;
  /** What follows the words, for error messages. */
  readonly rest: string;
  readonly read: (words: Words) => Meaning;
};

const ringing =
  (outcome: Outcome, steps: Step[] = []) =>
  (words: Words): Script => ({ outcome, ringSeconds: words.after(RING_SECONDS[outcome]), steps });

const OPENINGS: readonly Phrase<Script>[] = [
  { words: 'answers', rest: '[after N s]', read: ringing('answers') },
  { words: 'busy', rest: '', read: ringing('busy') },
  { words: 'no answer', rest: '', read: ringing('noAnswer') },
  { words: 'declines', rest: '[after N s]', read: ringing('declines') },
  { words: 'voicemail', rest: '', read: ringing('answers', [{ do: 'record' }]) },
  { words: 'unknown number', rest: '', read: ringing('unknownNumber') },
];

const press = (words: Words): Step => ({ do: 'press', key: words.key(), afterSeconds: words.after(STEP_SECONDS) });

const STEPS: readonly Phrase<Step>[] = [
  { words: 'presses', rest: 'KEY [after N s]', read: press },
  { words: 'talks', rest: 'N s', read: (words) => ({ do: 'talk', seconds: words.duration() }) },
  { words: 'mutes', rest: '[after N s]', read: (words) => ({ do: 'mute', afterSeconds: words.after(STEP_SECONDS) }) },
  {
    words: 'unmutes',
    rest: '[after N s]',
    read: (words) => ({ do: 'unmute', afterSeconds: words.after(STEP_SECONDS) }),
  },
  { words: 'hangs up', rest: '[after N s]', read: (words) => ({ do: 'hangUp', afterSeconds: words.after(0) }) },
  { words: 'stays', rest: '', read: () => ({ do: 'stay' }) },
];

const UNITS: ReadonlyMap<string, number> = new Map([
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, 1] as const),
  ...['min', 'minute', 'minutes'].map((unit) => [unit, 60] as const),
  ['ms', 0.001],
]);

const KEY_NAMES: ReadonlyMap<string, string> = new Map([
  ['star', '*'],
  ['pound', '#'],
  ['hash', '#'],
]);

/**
 * Reads a description of what a person does.
 * @throws PeopleLanguageError
 */
export function readScript(description: string): Script {
  const words = new Words(description);
  const opening = words.phrase(OPENINGS);
  const script = opening ? opening.read(words) : ringing('answers')(words);
  const steps = [...script.steps];
  if (opening) words.separator();
  while (!words.atEnd || (steps.length === 0 && !opening)) {
    refuseWhatCannotFollow(words, script, steps);
    steps.push(readStep(words, steps.at(-1)));
    words.separator();
  }
  return { ...script, steps };
}

function readStep(words: Words, before: Step | undefined): Step {
  const phrase = words.phrase(STEPS);
  if (phrase) return phrase.read(words);
  // "presses 5, then 1": after a press, a bare key is another press.
  if (before?.do === 'press' && words.atKey) return press(words);
  throw words.unexpected(listOf(before ? STEPS : [...OPENINGS, ...STEPS]));
}

function refuseWhatCannotFollow(words: Words, script: Script, steps: readonly Step[]): void {
  if (script.outcome === 'answers' && !steps.some(isLast)) return;
  throw words.unexpected('the end: nothing can follow the words before');
}

/** Writes a script in words, with every time spelt out. `readScript` reads the same script back. */
export function inWords(script: Script): string {
  const [first] = script.steps;
  const opening = OPENING_WORDS[script.outcome];
  const answered = first?.do === 'record' ? 'voicemail' : opening;
  const steps = script.steps.filter((step) => step.do !== 'record').map(stepInWords);
  return [`${answered} after ${script.ringSeconds} s`, ...steps].join(', ');
}

const OPENING_WORDS: Readonly<Record<Outcome, string>> = {
  answers: 'answers',
  busy: 'busy',
  noAnswer: 'no answer',
  declines: 'declines',
  unknownNumber: 'unknown number',
};

function stepInWords(step: Step): string {
  switch (step.do) {
    case 'press':
      return `presses ${step.key} after ${step.afterSeconds} s`;
    case 'talk':
      return `talks ${step.seconds} s`;
    case 'mute':
      return `mutes after ${step.afterSeconds} s`;
    case 'unmute':
      return `unmutes after ${step.afterSeconds} s`;
    case 'hangUp':
      return `hangs up after ${step.afterSeconds} s`;
    case 'stay':
      return 'stays';
    case 'record':
      return 'voicemail';
  }
}

const listOf = (phrases: readonly Phrase<unknown>[]): string =>
  phrases.map(({ words, rest }) => `"${`${words} ${rest}`.trim()}"`).join(', ');

/** Reads the words of a description, one after the other. */
class Words {
  readonly #description: string;
  readonly #words: readonly string[];
  #next = 0;

  constructor(description: string) {
    this.#description = description;
    // Numbers, words and signs. "4s" is two words. Any other character becomes a word that no phrase matches.
    this.#words = description.toLowerCase().match(/\d+(?:\.\d+)?|[a-z]+|[^\s]/g) ?? [];
  }

  get atEnd(): boolean {
    return this.#next >= this.#words.length;
  }

  get atKey(): boolean {
    return keyNamed(this.#words[this.#next]) !== undefined;
  }

  /** Takes the words of the phrase that comes next, if one does. */
  phrase<Meaning>(phrases: readonly Phrase<Meaning>[]): Phrase<Meaning> | undefined {
    return phrases.find(({ words }) => this.#take(words.split(' ')));
  }

  /** Takes the separators between two steps. At least one is required. */
  separator(): void {
    const before = this.#next;
    while (this.#take([',']) || this.#take(['and']) || this.#take(['then'])) {}
    if (this.#next === before && !this.atEnd) throw this.unexpected('",", "and", "then" or the end');
    if (this.#next > before && this.atEnd) throw this.unexpected(listOf(STEPS));
  }

  key(): Key {
    const key = keyNamed(this.#words[this.#next]);
    if (!key) throw this.unexpected('a key: 0 to 9, *, # or A to D');
    this.#next++;
    return key;
  }

  after(otherwise: number): number {
    return this.#take(['after']) ? this.duration() : otherwise;
  }

  duration(): number {
    const amount = Number(this.#words[this.#next]);
    if (Number.isNaN(amount)) throw this.unexpected('a duration, for example "4 s"');
    this.#next++;
    const unit = UNITS.get(this.#words[this.#next] ?? '');
    if (unit === undefined) throw this.unexpected('a unit: s, min or ms');
    this.#next++;
    return amount * unit;
  }

  unexpected(wanted: string): PeopleLanguageError {
    const found = this.atEnd ? 'it ends' : `"${this.#words[this.#next]}" is not understood`;
    const before = this.#words.slice(0, this.#next).join(' ');
    return new PeopleLanguageError(
      `"${this.#description}": ${found}${before && ` after "${before}"`}; expected ${wanted}`,
    );
  }

  #take(words: readonly string[]): boolean {
    const there = words.every((word, index) => this.#words[this.#next + index] === word);
    if (there) this.#next += words.length;
    return there;
  }
}

function keyNamed(word: string | undefined): Key | undefined {
  if (word === undefined) return undefined;
  const key = Key.safeParse(KEY_NAMES.get(word) ?? word.toUpperCase());
  return key.success ? key.data : undefined;
}
