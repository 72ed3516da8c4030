import { z } from 'zod';
import { Key } from '../../call-automation/events.ts';
import { Identifier } from '../../call-automation/identifiers.ts';
import { Sound } from '../../call-automation/speech.ts';

/** The meanings that a key can have. */
export const KeyMeaning = z.enum(['acknowledge', 'operator', 'optOut', 'replay']);
export type KeyMeaning = z.infer<typeof KeyMeaning>;

/**
 * What a call says and which keys it accepts: play the message, repeat it up to `replays` times, then wait
 * `keyWaitSeconds` for a key. A sound is the URL of an audio file, or a text with the voice that speaks it.
 */
export const CallScript = z.strictObject({
  message: Sound.describe('Audio or text: the message that people hear.'),
  replays: z
    .number()
    .int()
    .min(0)
    .max(9)
    .default(1)
    .describe('How often the message is repeated if no key is pressed.'),
  keyWaitSeconds: z
    .number()
    .int()
    .min(0)
    .max(60)
    .default(5)
    .describe('How long to wait for a key after the message, in seconds.'),
  keys: z
    .partialRecord(KeyMeaning, Key)
    .default({ acknowledge: '1', operator: '2', optOut: '9', replay: '*' })
    .refine((keys) => new Set(Object.values(keys)).size === Object.keys(keys).length, {
      message: 'must not give one key two meanings',
    })
    .describe('The key for each meaning. A meaning that is left out has no key.'),
  thanks: Sound.optional().describe('Audio or text: played after an acknowledgement.'),
  unavailable: Sound.optional().describe('Audio or text: played if no operator answers; the callee may choose again.'),
  operators: z.array(Identifier).max(10).default([]).describe('Who is invited if the callee asks for an operator.'),
});
export type CallScript = z.infer<typeof CallScript>;

/** The script of a call requested by hand: play once and hang up. */
export function announcement(message: Sound): CallScript {
  return { message, replays: 0, keyWaitSeconds: 0, keys: {}, operators: [] };
}

/** The sound of a request: audio or text; undefined if it has none. */
export const soundOf = (says: {
  audioFileUri?: string | undefined;
  speech?: Extract<Sound, object> | undefined;
}): Sound | undefined => says.audioFileUri ?? says.speech;

/** The meaning of a key in this script, if it has one. */
export function meaningOf(script: CallScript, key: Key): KeyMeaning | undefined {
  return KeyMeaning.options.find((meaning) => script.keys[meaning] === key);
}
