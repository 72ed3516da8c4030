import { z } from 'zod';
import { isForGood } from '../calls/endings.ts';
import { Outcome } from '../calls/outcome.ts';

const MAX_RETRIES: Readonly<Partial<Record<Outcome, number>>> = { declined: 1 };

/** The result of an attempt, as far as it is known. `at` is UTC. */
export const AttemptResult = z.object({
  attempt: z.number().int().positive(),
  outcome: Outcome,
  reason: z.string().optional(),
  callLegId: z.string().optional(),
  at: z.string(),
});
export type AttemptResult = z.infer<typeof AttemptResult>;

/** An outcome with a delay is retried after it; an outcome without one is final. Delays are seconds. */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.number().int().min(1).max(20).default(3).describe('At most this many calls to one person.'),
  delaySeconds: z
    .partialRecord(Outcome, z.number().int().min(0).max(86_400))
    .default({ busy: 120, noAnswer: 600, declined: 300, failed: 300, unknown: 300 })
    .describe(
      'Seconds until the next attempt, by outcome. A number that is not in service, or that the settings do not allow, is never called again.',
    ),
  maxRetries: z
    .partialRecord(Outcome, z.number().int().min(0).max(20))
    .optional()
    .describe(
      'At most this many retries after each outcome. By default a decline is retried once: it may be the carrier’s, for too many calls at once (603).',
    ),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** True if this result is final, however many attempts are left. */
export function endsTheMatter(policy: RetryPolicy, result: AttemptResult): boolean {
  return policy.delaySeconds[result.outcome] === undefined || isForGood(result.reason);
}

/**
 * When to retry after this result; undefined if the recipient is not called again.
 * @param earlier the results of the recipient's other attempts.
 */
export function retryAt(
  policy: RetryPolicy,
  result: AttemptResult,
  earlier: readonly AttemptResult[],
  now: Date,
): Date | undefined {
  const { outcome, attempt } = result;
  const delay = policy.delaySeconds[outcome];
  if (delay === undefined || endsTheMatter(policy, result) || attempt >= policy.maxAttempts) return undefined;
  const alike = earlier.filter((other) => other.attempt !== attempt && other.outcome === outcome).length;
  if (alike >= (policy.maxRetries?.[outcome] ?? MAX_RETRIES[outcome] ?? Number.POSITIVE_INFINITY)) return undefined;
  return new Date(now.getTime() + delay * 1000);
}
