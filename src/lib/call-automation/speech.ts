import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { AudioUri, isPrivate } from './audio-uri.ts';

/** A text that the service says with Azure AI Speech. */
export const Speech = z.strictObject({
  text: z.string().min(1).max(4000).describe('What is said.'),
  voice: z
    .string()
    .regex(/^[\w:-]{1,100}$/, 'must be the name of a voice, e.g. en-US-JennyNeural')
    .describe('Who says it: a voice of Azure AI Speech, e.g. en-US-JennyNeural.'),
});
export type Speech = z.infer<typeof Speech>;

/** Audio for a call: the URI of a WAV file, or a text. */
export const Sound = z.union([AudioUri, Speech]);
export type Sound = z.infer<typeof Sound>;

/** What the service can play. */
type Player = {
  readonly calls: { readonly speaks: boolean };
  /** It reaches private addresses. Default: no. */
  readonly settings: { readonly hasPrivateAudio?: boolean };
};

/**
 * Checks the sounds before the first call, not during it.
 * @throws InvalidInputError naming each text, if the service cannot say texts, and each file at a private address, if
 * it reaches none.
 */
export function mustBePlayable(
  { calls, settings }: Player,
  what: string,
  sounds: Readonly<Record<string, Sound | undefined>>,
): void {
  const problems = Object.entries(sounds).flatMap(([name, sound]) => {
    if (typeof sound === 'object' && !calls.speaks) return [`${name}: must be the URL of an audio file: ${WHY_SILENT}`];
    const isUnreachable = typeof sound === 'string' && !settings.hasPrivateAudio && isPrivate(sound);
    return isUnreachable ? [`${name}: must have a public host`] : [];
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}

/** Says which settings allow texts, for the errors of an app that can only play files. */
export const WHY_SILENT =
  'to say texts takes the settings CALL_AUTOMATION_API=ga and COGNITIVE_SERVICES_ENDPOINT (docs/acs.md)';
