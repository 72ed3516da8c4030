import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callableFrom, QuietHours } from '../../src/lib/rules/outages/quiet-hours.ts';

const NIGHT = { from: '21:00', to: '08:00', timeZone: 'America/New_York' };
const from = (due: string, quiet: QuietHours | undefined = NIGHT, zone?: string): string =>
  callableFrom(new Date(due), quiet, zone).toISOString();

describe('a recipient who is due', () => {
  it('in the afternoon is called at once', () => {
    expect(from('2026-01-05T19:00:00Z')).toBe('2026-01-05T19:00:00.000Z');
  });

  it('in the evening is called at eight the next morning', () => {
    expect(from('2026-01-06T02:30:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('before dawn is called at eight the same morning', () => {
    expect(from('2026-01-06T09:15:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('in the minute in which quiet hours begin waits, but not in the minute in which they end', () => {
    expect(from('2026-01-06T02:00:00Z')).toBe('2026-01-06T13:00:00.000Z');
    expect(from('2026-01-06T13:00:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('is called by the clock of their own time zone if it is known', () => {
    expect(from('2026-01-06T02:30:00Z', NIGHT, 'America/Los_Angeles')).toBe('2026-01-06T02:30:00.000Z');
    expect(from('2026-01-05T19:00:00Z', NIGHT, 'Europe/Berlin')).toBe('2026-01-05T19:00:00.000Z');
    expect(from('2026-01-05T20:00:00Z', NIGHT, 'Europe/Berlin')).toBe('2026-01-06T07:00:00.000Z');
  });

  it('is called at any time if the outage has no quiet hours', () => {
    const night = new Date('2026-01-06T02:30:00Z');
    expect(callableFrom(night, undefined, 'America/New_York')).toEqual(night);
  });

  it('waits through quiet hours that begin and end on the same day', () => {
    const siesta = { from: '13:00', to: '15:00', timeZone: 'Europe/Madrid' };
    expect(from('2026-01-05T12:30:00Z', siesta)).toBe('2026-01-05T14:00:00.000Z');
    expect(from('2026-01-05T14:30:00Z', siesta)).toBe('2026-01-05T14:30:00.000Z');
  });
});

describe('when the clocks change', () => {
  it('in spring, quiet hours last an hour less', () => {
    expect(from('2026-03-08T04:00:00Z')).toBe('2026-03-08T12:00:00.000Z');
  });

  it('in autumn, quiet hours last an hour more', () => {
    expect(from('2026-11-01T03:00:00Z')).toBe('2026-11-01T13:00:00.000Z');
  });

  it('quiet hours that end at a skipped time end an hour later by the clock', () => {
    const small = { from: '01:00', to: '02:30', timeZone: 'America/New_York' };
    expect(from('2026-03-08T06:30:00Z', small)).toBe('2026-03-08T07:30:00.000Z');
  });

  it('a quiet hour that comes twice is quiet both times', () => {
    const small = { from: '00:30', to: '01:30', timeZone: 'America/New_York' };
    // 01:10 by the clock, the first time and the second.
    expect(from('2026-11-01T05:10:00Z', small)).toBe('2026-11-01T05:30:00.000Z');
    expect(from('2026-11-01T06:10:00Z', small)).toBe('2026-11-01T06:30:00.000Z');
  });

  it('if the clocks skip the only hour in which calls are allowed, they wait for the next day', () => {
    const almostAlways = { from: '03:00', to: '02:00', timeZone: 'America/New_York' };
    expect(from('2027-03-13T08:00:00Z', almostAlways)).toBe('2027-03-15T06:00:00.000Z');
  });
});

const DAY_MINUTES = 24 * 60;
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

it('nobody is called in quiet hours or waits long, in any time zone on any date', () => {
  const wall = (date: Date, timeZone: string): string =>
    date.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const dates = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, time, time, zones, (due, begin, end, timeZone) => {
      fc.pre(begin !== end);
      const at = callableFrom(due, { from: begin, to: end, timeZone }, undefined);
      const now = wall(at, timeZone);
      const isQuiet = begin < end ? begin <= now && now < end : now >= begin || now < end;
      expect(isQuiet).toBe(false);
      const wait = at.getTime() - due.getTime();
      expect(wait).toBeGreaterThanOrEqual(0);
      // A day has at most 25 hours. If calls are allowed for an hour or less a day, a change of the clocks may skip it.
      const allowedMinutes = (minutes(begin) - minutes(end) + DAY_MINUTES) % DAY_MINUTES;
      expect(wait).toBeLessThanOrEqual((allowedMinutes <= 60 ? 2 * 25 : 25) * 3_600_000);
    }),
    {
      numRuns: 2000,
      examples: [[new Date('2027-03-13T08:00:00Z'), '03:00', '02:00', 'America/New_York']],
    },
  );
});

describe('invalid quiet hours are refused, and the error names the field,', () => {
  it.each([
    ['if a time is invalid', { ...NIGHT, from: '24:00' }, 'from'],
    ['if they never end', { ...NIGHT, to: NIGHT.from }, 'to'],
    ['if the time zone is unknown', { ...NIGHT, timeZone: 'Mars/Olympus' }, 'timeZone'],
  ])('%s', (_, hours, field) => {
    expect(QuietHours.safeParse(hours).error?.issues[0]?.path).toEqual([field]);
  });
});
