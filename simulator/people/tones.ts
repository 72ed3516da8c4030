import { z } from 'zod';
import { Key } from '../../src/lib/call-automation/events.ts';

/** The keys that a person presses, in order: `{"tones": "12#"}`. */
export const Tones = z.strictObject({
  tones: z
    .string()
    .min(1)
    .transform((tones) => [...tones.toUpperCase()])
    .pipe(z.array(Key)),
});
