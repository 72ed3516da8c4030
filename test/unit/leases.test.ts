import { describe, expect, it } from 'vitest';
import { type CallLeg, newCallLeg } from '../../src/lib/calls/leg.ts';
import { onLeaseEnded } from '../../src/lib/outages/leases.ts';
import type { Recipient } from '../../src/lib/outages/recipient.ts';
import { recipientWith } from './support/memory-services.ts';

const BEGAN = new Date('2026-01-05T08:00:00.000Z');
const MINUTE = 60_000;
const limits = { leaseMs: 5 * MINUTE, maxCallMs: 60 * MINUTE };
const minutesIn = (minutes: number): Date => new Date(BEGAN.getTime() + minutes * MINUTE);

const dialling = (more: Partial<Recipient> = {}): Recipient => ({
  ...recipientWith(),
  phase: 'dialling',
  attempt: 1,
  callLegId: 'leg-1',
  ...more,
});
const { callLegId: _, ...withoutLeg } = dialling();

/** A call that began eight o'clock and of which something was last heard so many minutes later. */
function leg(heardAfter: number, more: Partial<CallLeg> = {}): CallLeg {
  const purpose = { kind: 'attempt', outageId: 'storm', shard: 0, recipientId: 'ann', attempt: 1 } as const;
  const fresh = newCallLeg('leg-1', purpose, BEGAN);
  return { ...fresh, state: 'established', stage: 'message', updatedAt: minutesIn(heardAfter).toISOString(), ...more };
}

describe('when the lease of an attempt ends', () => {
  it('whose message was never taken off its queue, it is sent again', () => {
    const dispatched = dialling({ phase: 'dispatched' });
    expect(onLeaseEnded(dispatched, undefined, minutesIn(5), limits)).toEqual({ kind: 'startAgain' });
  });

  it('and no call was ever heard of, it is unknown: the call may have been placed', () => {
    expect(onLeaseEnded(withoutLeg, undefined, minutesIn(5), limits)).toEqual({
      kind: 'conclude',
      outcome: 'unknown',
      reason: 'no news',
    });
  });

  it('and the call placed has told nothing, it is hung up first, and then unknown', () => {
    expect(onLeaseEnded(dialling(), undefined, minutesIn(5), limits)).toEqual({ kind: 'hangUp' });
    expect(onLeaseEnded(dialling({ isEnding: true }), undefined, minutesIn(10), limits)).toMatchObject({
      kind: 'conclude',
      outcome: 'unknown',
    });
  });

  it('and the call is over, its end is made known', () => {
    const over = leg(1, { state: 'terminated', stage: 'ended', outcome: 'failed', reason: 'wrongNumber' });
    expect(onLeaseEnded(dialling(), over, minutesIn(5), limits)).toEqual({
      kind: 'conclude',
      outcome: 'failed',
      reason: 'wrongNumber',
    });
  });

  it('and something was heard of the call since, it is left alone', () => {
    expect(onLeaseEnded(dialling(), leg(4), minutesIn(5), limits)).toEqual({ kind: 'wait' });
  });

  it('and nothing was, the call is told to hang up', () => {
    expect(onLeaseEnded(dialling(), leg(0), minutesIn(5), limits)).toEqual({ kind: 'hangUp' });
  });

  it('an operator who talks may be silent as long as they like', () => {
    expect(onLeaseEnded(dialling(), leg(1, { stage: 'talking' }), minutesIn(40), limits)).toEqual({ kind: 'wait' });
  });

  it('but not for ever', () => {
    expect(onLeaseEnded(dialling(), leg(59, { stage: 'talking' }), minutesIn(60), limits)).toEqual({ kind: 'hangUp' });
    expect(onLeaseEnded(dialling(), leg(59), minutesIn(60), limits)).toEqual({ kind: 'hangUp' });
  });

  it.each([
    ['acknowledged', { outcome: 'acknowledged' as const, answered: true }],
    ['answered', { answered: true }],
    ['unknown', { answered: false }],
  ])('a call that was told to hang up and never said that it did is %s', (outcome, more) => {
    expect(onLeaseEnded(dialling({ isEnding: true }), leg(0, more), minutesIn(10), limits)).toEqual({
      kind: 'conclude',
      outcome,
      reason: 'its end was never reported',
    });
  });
});
