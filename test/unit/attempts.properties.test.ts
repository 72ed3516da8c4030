import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { better, Outcome } from '../../src/lib/rules/calls/outcome.ts';
import {
  bound,
  claimed,
  concluded,
  dispatchedColumns,
  expired,
  leaseExtended,
  type Moved,
  postponed,
} from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import { recipientWith } from './support/memory-services.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const LATER = new Date('2026-01-05T08:10:00.000Z');
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };
const policy = RetryPolicy.parse({});

const Happening = fc.oneof(
  fc
    .constantFrom('begin', 'claim', 'bind', 'extend', 'postpone', 'expire')
    .map((what) => ({ what, outcome: undefined, ago: 0 })),
  fc.record({ what: fc.constant('conclude'), outcome: fc.constantFrom(...Outcome.options), ago: fc.nat(1) }),
);
type Happening = typeof Happening extends fc.Arbitrary<infer Value> ? Value : never;

const START: Moved = { recipient: recipientWith(), due: { kind: 'waiting', at: NOW } };

const isUnderWay = ({ phase }: Recipient): boolean => phase === 'dispatched' || phase === 'dialling';

/** The recipient after a happening; undefined if it cannot happen in this phase. */
function after({ recipient }: Moved, { what, outcome, ago }: Happening): Moved | undefined {
  if (!outcome) return CHANGES[what]?.(recipient);
  if (recipient.attempt === 0) return undefined;
  const attempt = Math.max(1, recipient.attempt - ago);
  return concluded(recipient, { attempt, outcome, at: NOW.toISOString() }, policy, NOW);
}

const CHANGES: Readonly<Record<string, (recipient: Recipient) => Moved | undefined>> = {
  begin: (recipient) =>
    recipient.phase === 'waiting'
      ? {
          recipient: { ...recipient, ...dispatchedColumns(recipient.attempt + 1, LINE, LATER) },
          due: { kind: 'leased', at: LATER },
        }
      : undefined,
  claim: (recipient) => (recipient.phase === 'dispatched' ? claimed(recipient, NOW) : undefined),
  bind: (recipient) => (recipient.phase === 'dialling' ? bound(recipient, 'leg-1') : undefined),
  extend: (recipient) => (isUnderWay(recipient) ? leaseExtended(recipient, LATER) : undefined),
  postpone: (recipient) => (isUnderWay(recipient) ? postponed(recipient, LATER) : undefined),
  expire: (recipient) => (recipient.phase === 'waiting' ? expired(recipient, NOW) : undefined),
};

/** Checks a recipient before and after each of some changes. `due` is the due row in effect, even if unchanged. */
function alwaysBetween(holds: (before: Moved, after: Moved) => void): void {
  fc.assert(
    fc.property(fc.array(Happening, { maxLength: 40 }), (happenings) => {
      let before = START;
      for (const happening of happenings) {
        const moved = after(before, happening);
        if (!moved) continue;
        const next = { ...moved, due: moved.due === 'unchanged' ? before.due : moved.due };
        holds(before, next);
        before = next;
      }
    }),
    { numRuns: 500 },
  );
}

describe('after any sequence of changes to a recipient', () => {
  it('there is an outcome if and only if there is no due row', () => {
    alwaysBetween((_, { recipient, due }) => {
      expect(due === 'none').toBe(recipient.phase === 'done');
      expect(recipient.outcome !== undefined).toBe(recipient.phase === 'done');
    });
  });

  it('a recipient who waits is due to be called; one with an attempt in progress is due to be checked', () => {
    alwaysBetween((_, { recipient, due }) => {
      const kind = { waiting: 'waiting', dispatched: 'leased', dialling: 'leased', done: undefined }[recipient.phase];
      expect(typeof due === 'object' ? due.kind : undefined).toBe(kind);
    });
  });

  it('no result is replaced by a worse one', () => {
    alwaysBetween((before, { recipient }) => {
      for (const { attempt, outcome } of before.recipient.results) {
        const now = recipient.results.find((result) => result.attempt === attempt)?.outcome;
        expect(better(outcome, now)).toBe(now);
      }
    });
  });

  it('each attempt has at most one result', () => {
    alwaysBetween((_, { recipient: { results } }) => {
      expect(new Set(results.map(({ attempt }) => attempt)).size).toBe(results.length);
    });
  });

  it('an outcome never gets worse, and is the best of the results', () => {
    alwaysBetween((before, { recipient }) => {
      if (recipient.phase !== 'done') return;
      expect(better(before.recipient.outcome, recipient.outcome)).toBe(recipient.outcome);
      for (const { outcome } of recipient.results) expect(better(outcome, recipient.outcome)).toBe(recipient.outcome);
    });
  });

  it('a recipient who is done stays done', () => {
    alwaysBetween((before, { recipient }) => {
      if (before.recipient.phase === 'done') expect(recipient.phase).toBe('done');
    });
  });

  it('a line is held only while an attempt is in progress', () => {
    alwaysBetween((_, { recipient }) => {
      expect(recipient.line !== undefined).toBe(isUnderWay(recipient));
    });
  });

  it('nobody gets more attempts than the policy allows', () => {
    alwaysBetween((_, { recipient }) => expect(recipient.attempt).toBeLessThanOrEqual(policy.maxAttempts));
  });
});
