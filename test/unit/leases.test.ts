import { describe, expect, it } from 'vitest';
import { SILENT } from '../../src/lib/rules/calls/endings.ts';
import { type Evidence, marginMs, onLeaseEnded } from '../../src/lib/rules/calls/leases.ts';
import { type CallLeg, endedUnreported, newCallLeg } from '../../src/lib/rules/calls/leg.ts';
import { personId } from '../fixtures/ids.ts';

const BEGAN = new Date('2026-01-05T08:00:00.000Z');
const MINUTE = 60_000;
const limits = { leaseMs: 5 * MINUTE, maxCallMs: 60 * MINUTE, requestMs: 20_000 };
const minutesIn = (minutes: number): Date => new Date(BEGAN.getTime() + minutes * MINUTE);

const dialling = (more: Partial<Evidence> = {}): Evidence => ({ phase: 'dialling', callLegId: 'leg-1', ...more });

/** A call that began at eight, with its last event `heardAfter` minutes later. */
function leg(heardAfter: number, more: Partial<CallLeg> = {}): CallLeg {
  const purpose = { kind: 'attempt', outageId: 'storm', shard: 0, recipientId: personId('ann'), attempt: 1 } as const;
  const fresh = newCallLeg('leg-1', purpose, BEGAN);
  return { ...fresh, state: 'established', stage: 'message', updatedAt: minutesIn(heardAfter).toISOString(), ...more };
}

const verdictAfter = (minutes: number, evidence: Evidence) => onLeaseEnded(evidence, minutesIn(minutes), limits);
const until = (minutes: number) => ({ until: minutesIn(minutes) });

describe('the margin before the end of a lease', () => {
  it('is a quarter of it, and never shorter than a request to the service can take', () => {
    expect(marginMs({ ...limits, leaseMs: 300_000 })).toBe(75_000);
    expect(marginMs({ ...limits, leaseMs: 60_000 })).toBe(20_000);
  });
});

describe('when the lease of a call ends', () => {
  it('and its start message was never handled, the message is sent again', () => {
    expect(verdictAfter(5, { phase: 'dispatched' })).toEqual({ kind: 'startAgain' });
  });

  it('and no event ever arrived, the outcome is unknown: the call may have been placed', () => {
    expect(verdictAfter(5, { phase: 'dialling' })).toEqual({ kind: 'conclude', outcome: 'unknown', reason: 'no news' });
  });

  it('and the call is over, its end is recorded', () => {
    const over = leg(1, { state: 'terminated', stage: 'ended', outcome: 'failed', reason: 'wrongNumber' });
    expect(verdictAfter(5, dialling({ leg: over }))).toEqual({
      kind: 'conclude',
      outcome: 'failed',
      reason: 'wrongNumber',
    });
  });

  it('and an event arrived meanwhile, the call is left alone until it was silent for a full lease', () => {
    expect(verdictAfter(5, dialling({ leg: leg(4) }))).toEqual({ kind: 'wait', ...until(9) });
  });

  it('and no event arrived, the call is hung up and checked soon', () => {
    expect(verdictAfter(5, dialling({ leg: leg(0) }))).toEqual({ kind: 'hangUp', callLegId: 'leg-1', ...until(6) });
    expect(verdictAfter(5, dialling())).toEqual({ kind: 'hangUp', callLegId: 'leg-1', ...until(6) });
  });

  it('the hang-up is repeated, less often, until there is evidence that the call is over', () => {
    const ending = dialling({ leg: leg(0), isEnding: true });
    expect(verdictAfter(6, ending)).toEqual({ kind: 'hangUp', callLegId: 'leg-1', ...until(11) });
    expect(verdictAfter(50, ending)).toMatchObject({ kind: 'hangUp' });
  });

  it('the call is given up if the hang-up is refused until long after any call has ended', () => {
    const ending = dialling({ leg: leg(0), isEnding: true });
    expect(verdictAfter(75, ending)).toMatchObject({ kind: 'hangUp' });
    expect(verdictAfter(76, ending)).toEqual({ kind: 'abandon', callLegId: 'leg-1' });
    const silent = dialling({ isEnding: true, askedAt: BEGAN.toISOString() });
    expect(verdictAfter(75, silent)).toMatchObject({ kind: 'hangUp' });
    expect(verdictAfter(76, silent)).toEqual({ kind: 'abandon', callLegId: 'leg-1' });
  });

  it('a call that has not been told to end is first told, however late', () => {
    expect(verdictAfter(600, dialling({ leg: leg(0) }))).toMatchObject({ kind: 'hangUp' });
  });

  it('and the service knows no such call, its leg is closed', () => {
    expect(verdictAfter(6, dialling({ leg: leg(0), isEnding: true, isGone: true }))).toEqual({
      kind: 'close',
      callLegId: 'leg-1',
    });
    expect(verdictAfter(6, dialling({ isEnding: true, isGone: true }))).toMatchObject({ kind: 'close' });
  });

  it('and the callee talks with an operator, a long silence is normal', () => {
    expect(verdictAfter(40, dialling({ leg: leg(1, { stage: 'talking' }) }))).toEqual({ kind: 'wait', ...until(45) });
  });

  it('and the call has no script, a long silence is normal', () => {
    expect(verdictAfter(40, dialling({ leg: leg(1), mayBeSilent: true }))).toEqual({ kind: 'wait', ...until(45) });
  });

  it('and the call has lasted as long as any call may, it is hung up', () => {
    expect(verdictAfter(58, dialling({ leg: leg(57, { stage: 'talking' }) }))).toEqual({ kind: 'wait', ...until(60) });
    for (const stage of ['talking', 'message'] as const) {
      expect(verdictAfter(60, dialling({ leg: leg(59, { stage }) }))).toMatchObject({ kind: 'hangUp' });
    }
    expect(verdictAfter(60, dialling({ leg: leg(59), mayBeSilent: true }))).toMatchObject({ kind: 'hangUp' });
  });
});

describe('a call whose end was never reported', () => {
  it.each([
    ['acknowledged', { outcome: 'acknowledged' as const, answered: true }, undefined],
    ['answered', { answered: true }, 'its end was never reported'],
    ['unknown', { answered: false }, 'its end was never reported'],
  ])('is %s', (outcome, more, reason) => {
    const ended = endedUnreported(leg(0, more), true, minutesIn(6));
    expect(ended).toMatchObject({ stage: 'ended', state: 'established', outcome });
    expect(ended.reason).toBe(reason);
    expect(ended.endedAt).toBe(minutesIn(6).toISOString());
  });

  it('failed if somebody answered and nothing says that they heard anything', () => {
    expect(endedUnreported(leg(0, { answered: true }), false, minutesIn(6))).toMatchObject({
      outcome: 'failed',
      reason: SILENT,
    });
  });
});
