import { z } from 'zod';
import { Sound } from '../../call-automation/speech.ts';

/** What people are told when an outage is over. */
export const AllClear = z.strictObject({
  message: Sound.describe('Audio or text: what people are told.'),
  thanks: Sound.optional().describe('Audio or text: played after an acknowledgement; by default that of the outage.'),
  title: z.string().min(1).max(200).optional().describe('By default “All-clear: ” and the title of the outage.'),
  estimate: z.string().min(1).max(200).optional().describe('What `{estimate}` in a text stands for.'),
});
export type AllClear = z.infer<typeof AllClear>;
