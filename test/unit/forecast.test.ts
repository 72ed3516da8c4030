import { describe, expect, it } from 'vitest';
import { forecast, latelySince } from '../../src/lib/rules/outages/forecast.ts';
import { NOTHING, type Tally } from '../../src/lib/rules/outages/tally.ts';

const NOW = new Date('2026-01-05T08:30:30.000Z');
const at = (minutesAgo: number): string => new Date(NOW.getTime() - minutesAgo * 60_000).toISOString();
const minute = (minutesAgo: number): string => `${at(minutesAgo).slice(0, 16)}:00.000Z`;

/** 1000 people on twenty lines, after an hour: ten calls end each minute, and each gives its recipient an outcome. */
const steady: Tally = {
  ...NOTHING,
  recipients: 1000,
  attempts: 600,
  outcomes: { acknowledged: 600 },
  minutes: Object.fromEntries(
    Array.from({ length: 11 }, (_, ago) => [minute(ago), { ended: ago === 0 ? 5 : 10, answered: 5 }]),
  ),
};
const hourOld = { startedAt: at(60), expiresAt: undefined, calling: 20, lines: 20 };

const minutesLeft = (told: ReturnType<typeof forecast>): number =>
  told ? Math.round((Date.parse(told.endsAt) - NOW.getTime()) / 60_000) : Number.NaN;

describe('the end of an outage is forecast', () => {
  it('by the calls of the last ten minutes', () => {
    const told = forecast({ ...hourOld, tally: steady }, NOW);
    expect(told?.perMinute).toBe(10);
    expect(minutesLeft(told)).toBe(40);
  });

  it('with as many calls per person as it took so far', () => {
    expect(minutesLeft(forecast({ ...hourOld, tally: { ...steady, attempts: 900 } }, NOW))).toBe(60);
  });

  it('from recent counts, not from older ones', () => {
    const minutes = { ...steady.minutes, [minute(30)]: { ended: 900, answered: 0 } };
    expect(forecast({ ...hourOld, tally: { ...steady, minutes } }, NOW)?.perMinute).toBe(10);
  });

  it('after one minute, with calls in progress counted as half over', () => {
    const tally = {
      ...steady,
      attempts: 10,
      outcomes: { heard: 10 },
      minutes: { [minute(0)]: { ended: 10, answered: 10 } },
    };
    const told = forecast({ ...hourOld, startedAt: at(1), tally }, NOW);
    expect(told?.perMinute).toBe(20);
    expect(minutesLeft(told)).toBe(50);
  });

  it('with at least the duration of a call for the last ones', () => {
    const tally = { ...steady, recipients: 602 };
    expect(minutesLeft(forecast({ ...hourOld, calling: 2, tally }, NOW))).toBe(1);
  });

  it('no later than its expiry', () => {
    const expiresAt = at(-5);
    expect(forecast({ ...hourOld, expiresAt, tally: steady }, NOW)?.endsAt).toBe(expiresAt);
  });
});

describe('the end of an outage cannot be forecast', () => {
  it.each([
    ['that has not begun', { startedAt: undefined, tally: steady }],
    ['in which nobody has an outcome yet', { tally: { ...steady, attempts: 3, outcomes: {} } }],
    ['in which no call has ended recently', { tally: { ...steady, minutes: {} } }],
    ['whose people are all done', { tally: { ...steady, recipients: 600 } }],
    ['that has nobody on its list', { tally: NOTHING }],
  ])('%s', (_, given) => {
    expect(forecast({ ...hourOld, ...given }, NOW)).toBeUndefined();
  });
});

it('the recent period begins with a full minute', () => {
  expect(latelySince(NOW).toISOString()).toBe('2026-01-05T08:20:00.000Z');
});
