import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { difference, doneIn, NOTHING, sumOf, tallyOf } from '../../src/lib/rules/outages/tally.ts';
import { recipientWith } from './support/memory-services.ts';

const result = (attempt: number, outcome: Outcome, at = '2026-01-05T08:00:42.000Z') => ({ attempt, outcome, at });

const AnyRecipient: fc.Arbitrary<Recipient> = fc
  .record({
    outcome: fc.option(fc.constantFrom(...Outcome.options), { nil: undefined }),
    outcomes: fc.array(fc.record({ outcome: fc.constantFrom(...Outcome.options), minute: fc.nat(3) }), {
      maxLength: 4,
    }),
  })
  .map(({ outcome, outcomes }) => ({
    ...recipientWith(),
    outcome,
    results: outcomes.map((each, index) => result(index + 1, each.outcome, `2026-01-05T08:0${each.minute}:30.000Z`)),
  }));

describe('the tally of a recipient', () => {
  it('counts one recipient, and nothing else before the first call', () => {
    expect(tallyOf(recipientWith())).toEqual({ ...NOTHING, recipients: 1 });
  });

  it('counts each call in the minute in which it ended, and the outcome', () => {
    const results = [result(1, 'busy'), result(2, 'heard', '2026-01-05T08:02:00.000Z')];
    expect(tallyOf({ ...recipientWith(), results, outcome: 'heard' })).toEqual({
      recipients: 1,
      attempts: 2,
      outcomes: { heard: 1 },
      heldBack: {},
      minutes: {
        '2026-01-05T08:00:00.000Z': { ended: 1, answered: 0 },
        '2026-01-05T08:02:00.000Z': { ended: 1, answered: 1 },
      },
    });
  });
});

describe('the difference between two tallies', () => {
  it('is undefined if no count changed', () => {
    expect(difference(tallyOf(recipientWith()), tallyOf({ ...recipientWith(), phase: 'dispatched' }))).toBeUndefined();
  });

  it('takes back the earlier outcome if a better one replaces it', () => {
    const before = tallyOf({ ...recipientWith(), results: [result(1, 'unknown')], outcome: 'unknown' });
    const after = tallyOf({ ...recipientWith(), results: [result(1, 'acknowledged')], outcome: 'acknowledged' });
    expect(difference(before, after)).toEqual({
      recipients: 0,
      attempts: 0,
      outcomes: { unknown: -1, acknowledged: 1 },
      heldBack: {},
      minutes: { '2026-01-05T08:00:00.000Z': { ended: 0, answered: 1 } },
    });
  });

  it('added to the old sums gives the new ones, for any two states of a recipient', () => {
    fc.assert(
      fc.property(AnyRecipient, AnyRecipient, fc.array(AnyRecipient, { maxLength: 5 }), (before, after, others) => {
        const counted = sumOf([...others, before].map(tallyOf));
        const change = difference(tallyOf(before), tallyOf(after));
        expect(sumOf(change ? [counted, change] : [counted])).toEqual(sumOf([...others, after].map(tallyOf)));
      }),
    );
  });
});

it('every recipient with an outcome counts as done', () => {
  expect(doneIn({ ...NOTHING, recipients: 9, outcomes: { heard: 2, busy: 3 } })).toBe(5);
});
