import { IANAZone } from 'luxon';
import { z } from 'zod';
import { masked } from '../base/masking.ts';

/** A place whose zone may be meant by an abbreviation. Only for hints: most abbreviations have several meanings. */
const PLACES: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  EDT: 'America/New_York',
  ET: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  CT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  MT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  PT: 'America/Los_Angeles',
  AST: 'America/Halifax',
  HST: 'Pacific/Honolulu',
  BST: 'Europe/London',
  GMT: 'Europe/London',
  GB: 'Europe/London',
  WET: 'Europe/Lisbon',
  CET: 'Europe/Berlin',
  CEST: 'Europe/Berlin',
  MEZ: 'Europe/Berlin',
  MESZ: 'Europe/Berlin',
  MET: 'Europe/Berlin',
  EET: 'Europe/Helsinki',
  MSK: 'Europe/Moscow',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  AEST: 'Australia/Sydney',
  ACST: 'Australia/Darwin',
  AWST: 'Australia/Perth',
  NZST: 'Pacific/Auckland',
};

const OFFSET = /^(?:UTC|GMT)?([+\u2212-])(\d{1,2})(?::?(\d{2}))?$/i;
/** The largest offsets in use are UTC-12 and UTC+14. */
const MAX_OFFSET_MINUTES = 14 * 60;

/** Names of places seen so far. A lookup takes a quarter of a millisecond, and a list repeats the same few names. */
const places = new Set<string>();

function isPlace(name: string): boolean {
  if (places.has(name)) return true;
  const isThere = /^[A-Za-z]+\/[\w+/-]+$/.test(name) && IANAZone.isValidZone(name);
  if (isThere) places.add(name);
  return isThere;
}

/**
 * The zone as it is stored: the name of a place, `UTC`, or an offset such as `UTC+5:30`. Undefined if the text is
 * something else, an abbreviation for instance: `BST` is Bangladesh to a computer and summer in Britain to people, and
 * `EST` has no summer time.
 */
export function timeZoneOf(text: string): string | undefined {
  const name = text.trim().replaceAll(' ', '_');
  if (isPlace(name)) return name;
  if (/^(UTC|Z)$/i.test(name)) return 'UTC';
  const [, sign, hours, minutes = '00'] = OFFSET.exec(name) ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const total = Number(hours) * 60 + Number(minutes);
  if (total > MAX_OFFSET_MINUTES) return undefined;
  if (total === 0) return 'UTC';
  return `UTC${sign === '+' ? '+' : '-'}${Number(hours)}${minutes === '00' ? '' : `:${minutes}`}`;
}

/** Says why a text is no time zone, and what to write. */
export function notATimeZone(text: string): string {
  const name = text.trim();
  const place = PLACES[name.toUpperCase()];
  if (place !== undefined) {
    return `${name} is an abbreviation, which may mean several zones or has no summer time; write a place, e.g. ${place}`;
  }
  return `${masked(name.slice(0, 40)) || 'an empty text'} is not a time zone; write a place, e.g. America/Los_Angeles, or an offset, e.g. +02:00`;
}

/** A time zone: a place of the IANA database, e.g. `America/Los_Angeles`, `UTC`, or an offset, e.g. `+02:00`. */
export const TimeZone = z
  .string()
  .overwrite((text) => timeZoneOf(text) ?? text)
  .refine((text) => timeZoneOf(text) !== undefined, { error: ({ input }) => notATimeZone(String(input)) });
