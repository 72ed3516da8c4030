import { describe, expect, it } from 'vitest';
import { WRONG_NUMBER } from '../../src/lib/rules/calls/endings.ts';
import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import { type AttemptResult, endsTheMatter, RetryPolicy, retryAt } from '../../src/lib/rules/outages/retry.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const policy = RetryPolicy.parse({});
const result = (outcome: Outcome, attempt = 1, reason?: string): AttemptResult => ({
  attempt,
  outcome,
  at: NOW.toISOString(),
  ...(reason !== undefined && { reason }),
});

describe('a retry', () => {
  it.each([
    ['busy', '2026-01-05T08:02:00.000Z'],
    ['noAnswer', '2026-01-05T08:10:00.000Z'],
    ['failed', '2026-01-05T08:05:00.000Z'],
    ['unknown', '2026-01-05T08:05:00.000Z'],
    ['declined', '2026-01-05T08:05:00.000Z'],
  ] as const)('after %s is made once the delay is over', (outcome, at) => {
    expect(retryAt(policy, result(outcome), [], NOW)).toEqual(new Date(at));
    expect(endsTheMatter(policy, result(outcome))).toBe(false);
  });

  it.each(['acknowledged', 'optedOut', 'connected', 'heard', 'answered', 'cancelled'] as const)(
    'is not made after %s, which is final',
    (outcome) => {
      expect(retryAt(policy, result(outcome), [], NOW)).toBeUndefined();
      expect(endsTheMatter(policy, result(outcome))).toBe(true);
    },
  );

  it('is made at once if the delay is zero', () => {
    expect(retryAt({ ...policy, delaySeconds: { busy: 0 } }, result('busy'), [], NOW)).toEqual(NOW);
  });

  it('is not made when the attempts are used up', () => {
    expect(retryAt(policy, result('busy', 2), [], NOW)).toBeDefined();
    expect(retryAt(policy, result('busy', 3), [], NOW)).toBeUndefined();
    expect(endsTheMatter(policy, result('busy', 3))).toBe(false);
  });

  it('is made once after a decline, which may be the carrier’s for too many calls at once', () => {
    const [first, second] = [result('declined', 1), result('declined', 2)];
    expect(retryAt(policy, first, [first], NOW)).toBeDefined();
    expect(retryAt(policy, second, [first, second], NOW)).toBeUndefined();
    expect(retryAt(policy, second, [result('busy', 1), second], NOW)).toBeDefined();
    expect(retryAt({ ...policy, maxRetries: { declined: 0 } }, first, [first], NOW)).toBeUndefined();
    expect(retryAt({ ...policy, maxRetries: {} }, second, [first, second], NOW)).toBeUndefined();
  });

  it('is never made to a number that is not in service', () => {
    expect(retryAt(policy, result('failed', 1, WRONG_NUMBER), [], NOW)).toBeUndefined();
    expect(endsTheMatter(policy, result('failed', 1, WRONG_NUMBER))).toBe(true);
  });
});
