import { z } from 'zod';
import { WRONG_NUMBER } from '../calls/endings.ts';
import { Outcome } from '../calls/outcome.ts';

/** How an attempt ended, as far as is known. `at` is UTC. */
export const AttemptResult = z.object({
  attempt: z.number().int().positive(),
  outcome: Outcome,
  reason: z.string().optional(),
  callLegId: z.string().optional(),
  at: z.string(),
});
export type AttemptResult = z.infer<typeof AttemptResult>;

/** An outcome with a delay is tried again after it; one without ends the matter. Delays are seconds. */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.number().int().min(1).max(20).default(3).describe('Calls to one person, at most.'),
  delaySeconds: z
    .partialRecord(Outcome, z.number().int().min(0).max(86_400))
    .default({ busy: 120, noAnswer: 600, failed: 300, unknown: 300 })
    .describe('By outcome. A number that is not in service is never called again.'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** True if nobody needs to be called again after this result, however many attempts are left. */
export function endsTheMatter(policy: RetryPolicy, result: AttemptResult): boolean {
  return policy.delaySeconds[result.outcome] === undefined || result.reason === WRONG_NUMBER;
}

/** When to try again after this result; undefined if the recipient is not to be called again. */
export function retryAt(policy: RetryPolicy, result: AttemptResult, now: Date): Date | undefined {
  const delay = policy.delaySeconds[result.outcome];
  if (delay === undefined || endsTheMatter(policy, result) || result.attempt >= policy.maxAttempts) return undefined;
  return new Date(now.getTime() + delay * 1000);
}
