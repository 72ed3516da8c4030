import { z } from 'zod';
import { Key } from '../../call-automation/events.ts';
import { Identifier } from '../../call-automation/identifiers.ts';
import { Sound } from '../../call-automation/speech.ts';

/** What the callee's keys can mean. */
export const KeyMeaning = z.enum(['acknowledge', 'operator', 'optOut', 'replay']);
export type KeyMeaning = z.infer<typeof KeyMeaning>;

/**
 * What a call says and listens for: play the message, again up to `replays` times, then wait `keyWaitSeconds` for a key.
 * Times are seconds. What is said is an audio file by its URL, or a text and the voice that says it.
 */
export const CallScript = z.strictObject({
  message: Sound.describe('Audio or text: what people are told.'),
  replays: z
    .number()
    .int()
    .min(0)
    .max(9)
    .default(1)
    .describe('How often the message is played again if no key is pressed.'),
  keyWaitSeconds: z.number().int().min(0).max(60).default(5).describe('How long to wait for a key after the message.'),
  keys: z
    .partialRecord(KeyMeaning, Key)
    .default({ acknowledge: '1', operator: '2', optOut: '9', replay: '*' })
    .refine((keys) => new Set(Object.values(keys)).size === Object.keys(keys).length, {
      message: 'must not give one key two meanings',
    })
    .describe('Which key means what. A meaning that is left out has no key.'),
  thanks: Sound.optional().describe('Audio or text: played after an acknowledgement.'),
  unavailable: Sound.optional().describe(
    'Audio or text: played when no operator answers; the callee may choose again.',
  ),
  operators: z.array(Identifier).max(10).default([]).describe('Who is invited when the callee asks for an operator.'),
});
export type CallScript = z.infer<typeof CallScript>;

/** The script of a call that somebody asked for by hand: play once and hang up. */
export function announcement(message: Sound): CallScript {
  return { message, replays: 0, keyWaitSeconds: 0, keys: {}, operators: [] };
}

/** What a request says: audio or a text; undefined where it says nothing. */
export const soundOf = (says: {
  audioFileUri?: string | undefined;
  speech?: Extract<Sound, object> | undefined;
}): Sound | undefined => says.audioFileUri ?? says.speech;

/** What a key means in this script, if anything. */
export function meaningOf(script: CallScript, key: Key): KeyMeaning | undefined {
  return KeyMeaning.options.find((meaning) => script.keys[meaning] === key);
}
