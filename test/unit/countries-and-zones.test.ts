import { describe, expect, it } from 'vitest';
import { Country } from '../../src/lib/rules/countries.ts';
import { TimeZone } from '../../src/lib/rules/time-zones.ts';

describe('a country', () => {
  it.each([
    ['GB', 'GB'],
    ['gb', 'GB'],
    [' us ', 'US'],
  ])('%j is %s', (text, code) => expect(Country.parse(text)).toBe(code));

  it.each([
    ['UK', 'UK is not a country code; write GB'],
    ['uk', 'UK is not a country code; write GB'],
    ['USA', 'USA is not a country code; write US'],
    ['Germany', 'GERMANY is not a country code; write DE'],
    ['EU', 'EU is not a country code; write two letters of ISO 3166, e.g. US or GB'],
    ['ZZ', 'ZZ is not a country code; write two letters of ISO 3166, e.g. US or GB'],
    ['', 'an empty text is not a country code; write two letters of ISO 3166, e.g. US or GB'],
    ['4255550123', '•••23 is not a country code; write two letters of ISO 3166, e.g. US or GB'],
  ])('%j is refused: %s', (text, problem) => {
    expect(Country.safeParse(text).error?.issues[0]?.message).toBe(problem);
  });
});

describe('a time zone', () => {
  it.each([
    ['Europe/London', 'Europe/London'],
    ['America/New York', 'America/New_York'],
    ['US/Pacific', 'US/Pacific'],
    ['America/Argentina/Ushuaia', 'America/Argentina/Ushuaia'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['UTC', 'UTC'],
    ['Z', 'UTC'],
    ['+00:00', 'UTC'],
    ['+02:00', 'UTC+2'],
    ['-0330', 'UTC-3:30'],
    ['UTC+5:30', 'UTC+5:30'],
    ['\u22125', 'UTC-5'],
  ])('%j is stored as %s', (text, zone) => expect(TimeZone.parse(text)).toBe(zone));

  it.each(['BST', 'AST', 'IST', 'CST', 'EST', 'PST', 'MST', 'HST', 'GMT', 'CET', 'EET', 'WET', 'GB'])(
    'is no abbreviation: %s',
    (text) => {
      expect(TimeZone.safeParse(text).error?.issues[0]?.message).toMatch(
        new RegExp(`^${text} is an abbreviation, .*; write a place, e\\.g\\. \\w+/\\w+$`),
      );
    },
  );

  it.each([
    '',
    '5',
    'EST5EDT',
    'Europe/Nowhere',
    'Eastern Standard Time',
    '+15:00',
    '+02:75',
    'Japan',
    '(UTC+01:00) Berlin',
  ])('is none of these: %j', (text) => {
    expect(TimeZone.safeParse(text).error?.issues[0]?.message).toContain('is not a time zone; write a place');
  });
});
