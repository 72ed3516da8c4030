import { z } from 'zod';
import { Sound } from '../../call-automation/speech.ts';

/** What people hear when an outage is over. */
export const AllClear = z.strictObject({
  message: Sound.describe('Audio or text: the message that people hear.'),
  thanks: Sound.optional().describe('Audio or text: played after an acknowledgement. Default: that of the outage.'),
  title: z.string().min(1).max(200).optional().describe('Default: “All-clear: ” and the title of the outage.'),
  estimate: z.string().min(1).max(200).optional().describe('Replaces `{estimate}` in a text.'),
});
export type AllClear = z.infer<typeof AllClear>;
