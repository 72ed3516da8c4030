import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { better, Outcome } from '../../src/lib/rules/calls/outcome.ts';

const outcomes = fc.constantFrom(...Outcome.options);

describe('the better of two outcomes', () => {
  it.each([
    ['acknowledged', 'heard'],
    ['acknowledged', 'optedOut'],
    ['optedOut', 'connected'],
    ['connected', 'heard'],
    ['heard', 'answered'],
    ['answered', 'noAnswer'],
    ['noAnswer', 'unknown'],
    ['busy', 'failed'],
    ['failed', 'unknown'],
    ['unknown', 'cancelled'],
  ] as const)('%s is better than %s, whichever was first', (good, bad) => {
    expect(better(good, bad)).toBe(good);
    expect(better(bad, good)).toBe(good);
  });

  it('is the only one if one is undefined', () => {
    expect(better(undefined, 'busy')).toBe('busy');
    expect(better('busy', undefined)).toBe('busy');
    expect(better(undefined, undefined)).toBeUndefined();
  });

  it('is one of the two, the same in either order: no two outcomes are equally good', () => {
    fc.assert(
      fc.property(outcomes, outcomes, (a, b) => {
        expect([a, b]).toContain(better(a, b));
        expect(better(a, b)).toBe(better(b, a));
      }),
    );
  });

  it('of many does not depend on grouping, so results may come in any order', () => {
    fc.assert(
      fc.property(outcomes, outcomes, outcomes, (a, b, c) => {
        expect(better(better(a, b), c)).toBe(better(a, better(b, c)));
      }),
    );
  });
});
