import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import {
  bound,
  claimed,
  concluded,
  expired,
  leaseExtended,
  postponed,
  refusalToDial,
} from '../../src/lib/rules/outages/attempts.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { type AttemptResult, RetryPolicy } from '../../src/lib/rules/outages/retry.ts';
import { recipientWith } from './support/memory-services.ts';

const NOW = new Date('2026-01-05T08:00:00.000Z');
const LATER = new Date('2026-01-05T08:05:00.000Z');
const LINE = { lineId: '+14255550190|0', number: '+14255550190', etag: 'etag' };
const policy = RetryPolicy.parse({});

const result = (outcome: Outcome, attempt = 1): AttemptResult => ({ attempt, outcome, at: NOW.toISOString() });
const someone = (more: Partial<Recipient> = {}): Recipient => ({ ...recipientWith(), ...more });
const dialling = (more: Partial<Recipient> = {}): Recipient =>
  someone({ phase: 'dialling', attempt: 1, line: LINE, callLegId: 'leg-1', ...more });
const ref = (attempt: number) => ({ outageId: 'storm', shard: 0, recipientId: someone().recipientId, attempt });
const conclude = (recipient: Recipient, outcome: Outcome, attempt = 1) =>
  concluded(recipient, result(outcome, attempt), policy, NOW);

describe('an attempt may be dialled', () => {
  const leased = (ms: number): Recipient =>
    someone({ phase: 'dispatched', attempt: 1, leaseUntil: new Date(NOW.getTime() + ms).toISOString() });

  it('once it has a line and is not claimed', () => {
    expect(refusalToDial(leased(300_000), ref(1), NOW, 75_000, false)).toBeUndefined();
  });

  it.each([75_000, 0, -3_600_000])(
    'but not if its lease ends in %i ms: it would be taken for lost while it is dialled',
    (ms) => {
      expect(refusalToDial(leased(ms), ref(1), NOW, 75_000, false)).toContain('about to end');
    },
  );

  it.each([
    ['nobody of that id is in the outage', undefined, 'the recipient is not in the outage'],
    ['it has been claimed', dialling(), 'the attempt is dialling already'],
    ['the recipient waits for the next', someone({ phase: 'waiting', attempt: 1 }), 'the attempt is waiting already'],
    ['a later one is under way', someone({ phase: 'dispatched', attempt: 2 }), 'the recipient is at attempt 2'],
    ['the recipient is done', someone({ phase: 'done', outcome: 'heard' }), 'the recipient is done (heard)'],
  ])('but not if %s', (_, recipient, reason) => {
    expect(refusalToDial(recipient, ref(1), NOW, 75_000, false)).toBe(reason);
  });
});

describe('an attempt that was requested and has no call leg yet', () => {
  const unnamed = dialling({ callLegId: undefined, leaseUntil: new Date(NOW.getTime() + 300_000).toISOString() });

  it('may be requested again if the service recognises a repeated request', () => {
    expect(refusalToDial(unnamed, ref(1), NOW, 75_000, true)).toBeUndefined();
  });

  it.each([
    ['the service would place a second call', unnamed, false, 'the attempt is dialling already'],
    ['its call has a name', { ...unnamed, callLegId: 'leg-1' }, true, 'the attempt is dialling already'],
    [
      'its lease is about to end',
      { ...unnamed, leaseUntil: NOW.toISOString() },
      true,
      'the attempt’s lease is about to end',
    ],
  ])('but not if %s', (_, recipient, isRepeatable, reason) => {
    expect(refusalToDial(recipient, ref(1), NOW, 75_000, isRepeatable)).toBe(reason);
  });
});

describe('an attempt in progress', () => {
  it('keeps its due row as a lease, by which the timer finds it if it goes silent', () => {
    expect(claimed(someone({ phase: 'dispatched', attempt: 1 }), NOW)).toMatchObject({
      due: 'unchanged',
      recipient: { phase: 'dialling', askedAt: NOW.toISOString() },
    });
    expect(bound(dialling(), 'leg-2')).toMatchObject({ due: 'unchanged', recipient: { callLegId: 'leg-2' } });
    expect(leaseExtended(dialling(), LATER)).toEqual({
      recipient: dialling({ leaseUntil: LATER.toISOString() }),
      due: { kind: 'leased', at: LATER },
    });
  });

  it('that was not placed for a reason that is not the callee’s does not count', () => {
    const { recipient, due } = postponed(dialling({ attempt: 2 }), LATER);
    expect(recipient).toMatchObject({ phase: 'waiting', attempt: 1 });
    expect(recipient.line).toBeUndefined();
    expect(due).toEqual({ kind: 'waiting', at: LATER });
  });

  it('that reached somebody is final: outcome, time and no due row', () => {
    const moved = conclude(dialling(), 'acknowledged');
    expect(moved?.due).toBe('none');
    expect(moved?.recipient).toMatchObject({ phase: 'done', outcome: 'acknowledged', endedAt: NOW.toISOString() });
    expect(moved?.recipient.results).toEqual([result('acknowledged')]);
  });

  it('that found the phone busy is followed by another, after the delay', () => {
    const moved = conclude(dialling({ isEnding: true }), 'busy');
    expect(moved?.due).toEqual({ kind: 'waiting', at: new Date('2026-01-05T08:02:00.000Z') });
    expect(moved?.recipient).toMatchObject({ phase: 'waiting', attempt: 1, results: [result('busy')] });
    expect(moved?.recipient).toMatchObject({ line: undefined, callLegId: undefined, isEnding: undefined });
  });

  it('that was the last one gives the best outcome of all', () => {
    const third = dialling({ attempt: 3, results: [result('noAnswer', 1), result('failed', 2)] });
    expect(conclude(third, 'busy', 3)).toMatchObject({ due: 'none', recipient: { outcome: 'noAnswer' } });
  });

  it('keeps the reason that belongs to the outcome', () => {
    const first = { ...result('failed', 1), reason: 'wrongNumber' };
    const moved = concluded(dialling(), first, policy, NOW);
    expect(moved).toMatchObject({ due: 'none', recipient: { outcome: 'failed', reason: 'wrongNumber' } });
  });

  it('can end while its start message is still on the queue', () => {
    expect(conclude(someone({ phase: 'dispatched', attempt: 1 }), 'cancelled')).toMatchObject({
      due: 'none',
      recipient: { phase: 'done', outcome: 'cancelled' },
    });
  });
});

describe('a late result', () => {
  it('changes nothing if the attempt already has an equal or better result', () => {
    const done = someone({ phase: 'done', attempt: 1, outcome: 'heard', results: [result('heard')] });
    expect(conclude(done, 'heard')).toBeUndefined();
    expect(conclude(done, 'answered')).toBeUndefined();
  });

  it('improves the outcome of a recipient who is done, and keeps the first end time', () => {
    const done = someone({ phase: 'done', attempt: 1, outcome: 'heard', results: [result('heard')], endedAt: 'then' });
    const moved = conclude(done, 'acknowledged');
    expect(moved?.due).toBe('none');
    expect(moved?.recipient).toMatchObject({ outcome: 'acknowledged', endedAt: 'then' });
    expect(moved?.recipient.results).toEqual([result('acknowledged')]);
  });

  it('of an attempt that counted as unknown ends the wait of a recipient who is due again', () => {
    const waiting = someone({ phase: 'waiting', attempt: 1, results: [result('unknown')] });
    expect(conclude(waiting, 'acknowledged')).toMatchObject({ due: 'none', recipient: { outcome: 'acknowledged' } });
  });

  it('that is not final leaves a recipient who waits waiting', () => {
    const waiting = someone({ phase: 'waiting', attempt: 1, results: [result('unknown')] });
    expect(conclude(waiting, 'busy')).toMatchObject({ due: 'unchanged', recipient: { phase: 'waiting' } });
  });

  it('of an earlier attempt does not interrupt the current one, and still counts at its end', () => {
    const second = dialling({ attempt: 2, results: [result('unknown')] });
    const told = conclude(second, 'acknowledged', 1);
    expect(told).toMatchObject({ due: 'unchanged', recipient: { phase: 'dialling', attempt: 2, line: LINE } });
    const moved = conclude(told?.recipient ?? second, 'noAnswer', 2);
    expect(moved).toMatchObject({ due: 'none', recipient: { phase: 'done', outcome: 'acknowledged' } });
  });
});

describe('when an outage is over', () => {
  it('a recipient who was never called ends as cancelled', () => {
    expect(expired(someone(), NOW)).toMatchObject({ due: 'none', recipient: { phase: 'done', outcome: 'cancelled' } });
  });

  it('a recipient who was called keeps the best result', () => {
    const waiting = someone({ phase: 'waiting', attempt: 1, results: [result('busy')] });
    expect(expired(waiting, NOW)).toMatchObject({ due: 'none', recipient: { outcome: 'busy' } });
  });
});
