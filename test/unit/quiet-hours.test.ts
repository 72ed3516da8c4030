import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callableFrom, QuietHours } from '../../src/lib/rules/outages/quiet-hours.ts';

const NIGHT = { from: '21:00', to: '08:00', timeZone: 'America/New_York' };
const from = (due: string, quiet: QuietHours | undefined = NIGHT, zone?: string): string =>
  callableFrom(new Date(due), quiet, zone).toISOString();

describe('who is due', () => {
  it('in the afternoon is called then', () => {
    expect(from('2026-01-05T19:00:00Z')).toBe('2026-01-05T19:00:00.000Z');
  });

  it('in the evening is called the next morning, at eight by their clock', () => {
    expect(from('2026-01-06T02:30:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('before dawn is called the same morning', () => {
    expect(from('2026-01-06T09:15:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('at the minute that they begin waits, at the minute that they end does not', () => {
    expect(from('2026-01-06T02:00:00Z')).toBe('2026-01-06T13:00:00.000Z');
    expect(from('2026-01-06T13:00:00Z')).toBe('2026-01-06T13:00:00.000Z');
  });

  it('is called by their own clock where it is known', () => {
    expect(from('2026-01-06T02:30:00Z', NIGHT, 'America/Los_Angeles')).toBe('2026-01-06T02:30:00.000Z');
    expect(from('2026-01-05T19:00:00Z', NIGHT, 'Europe/Berlin')).toBe('2026-01-05T19:00:00.000Z');
    expect(from('2026-01-05T20:00:00Z', NIGHT, 'Europe/Berlin')).toBe('2026-01-06T07:00:00.000Z');
  });

  it('has no quiet hours where the outage has none', () => {
    const night = new Date('2026-01-06T02:30:00Z');
    expect(callableFrom(night, undefined, 'America/New_York')).toEqual(night);
  });

  it('may have quiet hours within a day', () => {
    const siesta = { from: '13:00', to: '15:00', timeZone: 'Europe/Madrid' };
    expect(from('2026-01-05T12:30:00Z', siesta)).toBe('2026-01-05T14:00:00.000Z');
    expect(from('2026-01-05T14:30:00Z', siesta)).toBe('2026-01-05T14:30:00.000Z');
  });
});

describe('on the night that clocks are changed', () => {
  it('forward, eight in the morning comes an hour sooner', () => {
    expect(from('2026-03-08T04:00:00Z')).toBe('2026-03-08T12:00:00.000Z');
  });

  it('back, it comes an hour later', () => {
    expect(from('2026-11-01T03:00:00Z')).toBe('2026-11-01T13:00:00.000Z');
  });

  it('an hour that is left out ends with it', () => {
    const small = { from: '01:00', to: '02:30', timeZone: 'America/New_York' };
    expect(from('2026-03-08T06:30:00Z', small)).toBe('2026-03-08T07:30:00.000Z');
  });

  it('an hour that comes twice is quiet twice', () => {
    const small = { from: '00:30', to: '01:30', timeZone: 'America/New_York' };
    // 01:10 by the clock, for the first time, and for the second.
    expect(from('2026-11-01T05:10:00Z', small)).toBe('2026-11-01T05:30:00.000Z');
    expect(from('2026-11-01T06:10:00Z', small)).toBe('2026-11-01T06:30:00.000Z');
  });
});

it('nobody is ever called while it is quiet, nor made to wait for more than a day and an hour, wherever and whenever', () => {
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
      expect(wait).toBeLessThanOrEqual(25 * 3_600_000);
    }),
    { numRuns: 2000 },
  );
});

describe('quiet hours that make no sense are refused by name', () => {
  it.each([
    ['a time that is none', { ...NIGHT, from: '24:00' }, 'from'],
    ['hours that never end', { ...NIGHT, to: NIGHT.from }, 'to'],
    ['a zone that is none', { ...NIGHT, timeZone: 'Mars/Olympus' }, 'timeZone'],
  ])('%s', (_, hours, field) => {
    expect(QuietHours.safeParse(hours).error?.issues[0]?.path).toEqual([field]);
  });
});
