import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';

/** A text that the service says with Azure AI Speech. */
export const Speech = z.strictObject({
  text: z.string().min(1).max(4000).describe('What is said.'),
  voice: z
    .string()
    .regex(/^[\w:-]{1,100}$/, 'must be the name of a voice, e.g. en-US-JennyNeural')
    .describe('Who says it: a voice of Azure AI Speech, e.g. en-US-JennyNeural.'),
});
export type Speech = z.infer<typeof Speech>;

const AudioUri = z.url({
  protocol: /^https?$/,
  message: 'must be the http(s) URL of a WAV file (mono, 16 bit, 16 kHz)',
});

/** Audio for a call: the URI of a WAV file, or a text. */
export const Sound = z.union([AudioUri, Speech]);
export type Sound = z.infer<typeof Sound>;

/**
 * Checks the sounds before the first call, not during it.
 * @throws InvalidInputError naming each text, if the service cannot say texts.
 */
export function mustBePlayable(
  { speaks }: { readonly speaks: boolean },
  what: string,
  sounds: Readonly<Record<string, Sound | undefined>>,
): void {
  const texts = Object.entries(sounds).filter(([, sound]) => typeof sound === 'object');
  if (speaks || texts.length === 0) return;
  throw new InvalidInputError(
    what,
    texts.map(([name]) => `${name}: must be the URL of an audio file: ${WHY_SILENT}`),
  );
}

/** Says which settings allow texts, for the errors of an app that can only play files. */
export const WHY_SILENT =
  'to say texts takes the settings CALL_AUTOMATION_API=ga and COGNITIVE_SERVICES_ENDPOINT (docs/acs.md)';
