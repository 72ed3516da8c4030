import { z } from 'zod';
import { chanceOf } from '../base/random.ts';
import { checked } from '../base/refusal.ts';
import { inWords, PeopleLanguageError, readScript } from './language.ts';
import { Script } from './script.ts';

/** Decides what each called person does: by number or ACS user id, by pattern, or drawn from a mix. */

const InWords = z.union([z.string(), Script], { error: 'must be a description of what a person does' });

/** One script for every call, or a list: the first for the first call, and so on. The last one repeats. */
const Scripts = z
  .union([InWords, z.array(InWords).min(1)])
  .transform((given, context): Script[] => [given].flat().flatMap((script) => scriptOf(script, context) ?? []));

function scriptOf(given: string | Script, context: { addIssue(message: string): void }): Script | undefined {
  if (typeof given !== 'string') return given;
  try {
    return readScript(given);
  } catch (error) {
    if (!(error instanceof PeopleLanguageError)) throw error;
    context.addIssue(error.message);
    return undefined;
  }
}

/** What `PUT /simulator/people` and `simulator.people()` take. */
export const People = z.strictObject({
  /** If true, replaces the earlier settings. Otherwise adds to them. */
  replace: z.boolean().optional(),
  /** By number (`+14255550123`), ACS user id or pattern (`+1425*`). An exact name wins, then the longest pattern. */
  people: z.record(z.string().min(1), Scripts).optional(),
  /** For everybody else: descriptions, each with its weight. */
  mix: z
    .record(z.string(), z.number().positive())
    .transform((mix, context) =>
      Object.entries(mix).flatMap(([description, weight]) => {
        const script = scriptOf(description, context);
        return script ? [{ script, weight }] : [];
      }),
    )
    .optional(),
  seed: z.union([z.number(), z.string()]).optional(),
});
export type People = z.input<typeof People>;

/** @throws Refusal that names each wrong field. */
export function mustBePeople(value: unknown, what: string): asserts value is People {
  checked(People, value, what);
}

/** What people do without any setting. */
export const BY_DEFAULT = 'answers after 4 s';

export class Behaviour {
  #seed: number | string;
  #rules = new Map<string, Script[]>();
  #mix: { script: Script; weight: number }[] = [];
  readonly #timesCalled = new Map<string, number>();

  constructor(seed: number | string) {
    this.#seed = seed;
  }

  /** Adds settings, or replaces them. They are already checked, so they apply as a whole. */
  learn(people: z.output<typeof People>): void {
    if (people.replace) {
      this.#rules = new Map();
      this.#mix = [];
    }
    for (const [who, scripts] of Object.entries(people.people ?? {})) this.#rules.set(who, scripts);
    this.#mix = people.mix ?? this.#mix;
    this.#seed = people.seed ?? this.#seed;
  }

  /** What this person does this time. Depends only on the seed, the person and how often they were called before. */
  next(identity: string): Script {
    const times = this.#timesCalled.get(identity) ?? 0;
    this.#timesCalled.set(identity, times + 1);
    const scripts = this.#ruleFor(identity);
    return scripts?.[Math.min(times, scripts.length - 1)] ?? this.#drawn(identity, times);
  }

  /** The settings in words, as `GET /simulator/people` shows them. */
  describe() {
    return {
      people: Object.fromEntries([...this.#rules].map(([who, scripts]) => [who, scripts.map(inWords)])),
      mix: Object.fromEntries(this.#mix.map(({ script, weight }) => [inWords(script), weight])),
      seed: this.#seed,
    };
  }

  #ruleFor(identity: string): Script[] | undefined {
    const exact = this.#rules.get(identity);
    if (exact) return exact;
    const patterns = [...this.#rules.keys()].filter((who) => matches(who, identity));
    const longest = patterns.sort((a, b) => b.length - a.length)[0];
    return longest === undefined ? undefined : this.#rules.get(longest);
  }

  #drawn(identity: string, times: number): Script {
    const total = this.#mix.reduce((sum, { weight }) => sum + weight, 0);
    let left = chanceOf(`${this.#seed}|${identity}|${times}`) * total;
    for (const { script, weight } of this.#mix) {
      left -= weight;
      if (left < 0) return script;
    }
    return this.#mix.at(-1)?.script ?? readScript(BY_DEFAULT);
  }
}

/** `*` matches any characters, or none. Everything else matches itself. */
function matches(pattern: string, identity: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return pattern === identity;
  if (!identity.startsWith(start) || !identity.endsWith(end) || identity.length < start.length + end.length)
    return false;
  let from = start.length;
  for (const part of parts) {
    const found = identity.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= identity.length - end.length;
}
