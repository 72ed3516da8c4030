import { z } from 'zod';
import { Key } from '../../src/lib/call-automation/events.ts';

/** What a person does when their telephone rings, as plain data. `people.ts` reads it from words. */

const Seconds = z.number().nonnegative().max(86_400);

/** One thing done while in the call. All times are simulated seconds. */
export const Step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('press'), key: Key, afterSeconds: Seconds }),
  z.strictObject({ do: z.literal('mute'), afterSeconds: Seconds }),
  z.strictObject({ do: z.literal('unmute'), afterSeconds: Seconds }),
  z.strictObject({ do: z.literal('talk'), seconds: Seconds }),
  z.strictObject({ do: z.literal('hangUp'), afterSeconds: Seconds }),
  z.strictObject({ do: z.literal('stay') }),
  z.strictObject({ do: z.literal('record') }),
]);
export type Step = z.infer<typeof Step>;

/** How the ringing ends. */
export const Outcome = z.enum(['answers', 'busy', 'noAnswer', 'declines', 'unknownNumber']);
export type Outcome = z.infer<typeof Outcome>;

export const Script = z
  .strictObject({ outcome: Outcome, ringSeconds: Seconds, steps: z.array(Step) })
  .refine(({ outcome, steps }) => outcome === 'answers' || steps.length === 0, {
    message: 'only somebody who answers can do anything afterwards',
  })
  .refine(({ steps }) => steps.slice(0, -1).every((step) => !isLast(step)), {
    message: 'nothing can follow a step that lasts until the call is over',
  });
export type Script = z.infer<typeof Script>;

/** How long it rings where the words do not say. */
export const RING_SECONDS: Readonly<Record<Outcome, number>> = {
  answers: 4,
  busy: 1,
  noAnswer: 25,
  declines: 4,
  unknownNumber: 0.5,
};

/** How long after the last thing the next is done, where the words do not say. */
export const STEP_SECONDS = 2;

/** Nothing comes after these: the person has left, or will stay until the call ends. */
export const isLast = (step: Step): boolean => ['talk', 'hangUp', 'stay', 'record'].includes(step.do);
