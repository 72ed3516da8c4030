import { z } from 'zod';
import { Key } from '../../src/lib/call-automation/events.ts';

/** What a person does when their telephone rings, as plain data. `language.ts` reads it from words. */

const Seconds = z.number().nonnegative().max(86_400);

/** One action in the call. All times are simulated seconds. */
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
    message: 'steps are only possible after "answers"',
  })
  .refine(({ steps }) => steps.slice(0, -1).every((step) => !isLast(step)), {
    message: 'no step can follow one that lasts until the end of the call',
  });
export type Script = z.infer<typeof Script>;

/** How long the telephone rings by default. */
export const RING_SECONDS: Readonly<Record<Outcome, number>> = {
  answers: 4,
  busy: 1,
  noAnswer: 25,
  declines: 4,
  unknownNumber: 0.5,
};

/** The default time between two steps. */
export const STEP_SECONDS = 2;

/** True for a step that nothing can follow: the person leaves, or stays until the call ends. */
export const isLast = (step: Step): boolean => ['talk', 'hangUp', 'stay', 'record'].includes(step.do);
