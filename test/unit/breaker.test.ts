import { describe, expect, it } from 'vitest';
import {
  type CallerNumber,
  isProven,
  isResting,
  newCallerNumber,
  PROBE_EVERY_MS,
  probed,
  provesNumber,
  reached,
  rested,
  type Trouble,
  troubled,
  whyResting,
} from '../../src/lib/rules/calls/breaker.ts';
import { BLOCKED } from '../../src/lib/rules/calls/endings.ts';

const LIMIT = 10;
const START = Date.parse('2026-01-05T08:00:00.000Z');
const at = (second: number): Date => new Date(START + second * 1000);
const iso = (second: number): string => at(second).toISOString();

const ours = (second: number, code = '404/511404'): Trouble => ({
  means: 'ours',
  code,
  whose: `leg-${second}`,
  placedAt: iso(second),
});
const bad = (second: number, whose = `person-${second}`): Trouble => ({
  means: 'badNumber',
  code: second % 2 ? '484/560484' : '404/560404',
  whose,
  placedAt: iso(second),
});

const having = (troubles: readonly Trouble[], from = newCallerNumber('+14255550190')): CallerNumber =>
  troubles.reduce((caller, trouble) => troubled(caller, trouble, LIMIT, new Date(trouble.placedAt)), from);
const row = (count: number, make: (second: number) => Trouble, from = 0): Trouble[] =>
  Array.from({ length: count }, (_, index) => make(from + index));

describe('a caller number', () => {
  it('rests after ten calls in a row that failed for the same reason of ours, and says why', () => {
    expect(isResting(having(row(9, ours)))).toBe(false);
    const resting = having(row(10, ours));
    expect(resting).toMatchObject({ restingSince: iso(9), since: iso(0) });
    expect(whyResting(resting)).toBe('the last 10 calls failed for a reason that concerns us (404/511404)');
  });

  it('rests after ten people in a row whose numbers are unknown, by either code', () => {
    const resting = having(row(10, bad));
    expect(isResting(resting)).toBe(true);
    expect(whyResting(resting)).toContain('found no such number (484/560484)');
  });

  it('counts a person whose number is wrong once, however often they are called', () => {
    expect(isResting(having(row(30, (second) => bad(second, `person-${second % 4}`))))).toBe(false);
  });

  it('counts a call once, though its end is reported again', () => {
    const nine = having(row(9, ours));
    expect(troubled(nine, ours(8), LIMIT, at(20))).toBe(nine);
  });

  it('counts afresh when the reason changes', () => {
    const mixed = having([...row(9, ours), ours(9, '403/510403'), ...row(8, ours, 10)]);
    expect(isResting(mixed)).toBe(false);
    expect(mixed.failed).toHaveLength(8);
  });

  it('counts afresh when somebody was reached in between', () => {
    const nine = reached(having(row(9, bad)), iso(5));
    expect(nine).toMatchObject({ failed: [], reachedAt: iso(5) });
    expect(isResting(having(row(9, bad, 10), nine))).toBe(false);
  });

  it('does not trust a call that was placed before the first failure', () => {
    const resting = having(row(10, ours, 5));
    expect(isResting(reached(resting, iso(4)))).toBe(true);
    expect(isResting(reached(resting, iso(6)))).toBe(false);
  });

  it('ignores further failures while it rests', () => {
    const resting = having(row(10, ours));
    expect(troubled(resting, ours(50), LIMIT, at(50))).toBe(resting);
  });

  it('may be called from by one probe every few minutes', () => {
    const resting = having(row(10, ours));
    const due = new Date(at(9).getTime() + PROBE_EVERY_MS);
    expect(probed(resting, new Date(due.getTime() - 1))).toBeUndefined();
    const once = probed(resting, due);
    expect(once && probed(once, due)).toBeUndefined();
    expect(once && probed(once, new Date(due.getTime() + PROBE_EVERY_MS))).toBeDefined();
    expect(probed(newCallerNumber('+14255550190'), due)).toBeUndefined();
  });

  it('is called from again once people end the rest, and rests again after ten more failures', () => {
    const again = rested(having(row(10, ours)), at(60));
    expect(isResting(again)).toBe(false);
    expect(isResting(having(row(9, ours, 70), again))).toBe(false);
    expect(isResting(having(row(10, ours, 70), again))).toBe(true);
  });

  it('is proven once somebody was reached, until a call fails, and not by people who end its rest', () => {
    const good = reached(newCallerNumber('+14255550190'), iso(0));
    expect(isProven(newCallerNumber('+14255550190'))).toBe(false);
    expect(isProven(good)).toBe(true);
    const doubtful = having([bad(1)], good);
    expect(isProven(doubtful)).toBe(false);
    expect(isProven(reached(doubtful, iso(2)))).toBe(true);
    const ended = rested(having(row(10, bad, 1), good), at(60));
    expect(isProven(ended)).toBe(false);
    expect(isProven(reached(ended, iso(50)))).toBe(false);
    expect(isProven(reached(ended, iso(61)))).toBe(true);
  });

  it('is proven by a decline, not by a filter that takes no calls from it', () => {
    expect([provesNumber('declined', undefined), provesNumber('declined', BLOCKED)]).toEqual([true, false]);
  });

  it('keeps what another version of the app wrote', () => {
    const told: CallerNumber = { ...newCallerNumber('+14255550190'), fromTheFuture: 7 };
    expect(rested(having(row(10, ours), told), at(60))).toMatchObject({ fromTheFuture: 7 });
  });
});
