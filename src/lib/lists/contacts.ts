import { masked } from '../base/masking.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import type { Contact } from '../rules/outages/recipient.ts';
import { readNumber } from '../rules/phone-numbers.ts';
import { notATimeZone, timeZoneOf } from '../rules/time-zones.ts';
import { type Column, isOurs } from './columns.ts';
import type { KnownColumn } from './known-columns.ts';

/** What a row says about a person: the cells that Ringdown uses, and the list's own. */
type Person = { readonly known: Partial<Record<KnownColumn, string>>; readonly extra: Record<string, string> };

/**
 * The contact of a row, or what is wrong with the row. The reason never repeats a number. A short row has empty cells at
 * its end; a long one is not read, because its cells are not in the columns that they seem to be in.
 * @param country that of numbers without a country code.
 */
export function contactOf(cells: readonly string[], columns: readonly Column[], country: string): Contact | string {
  const person = personOf(cells, columns);
  if (typeof person === 'string') return person;
  const { known, extra } = person;
  const identifier = identifierOf(known.phone, known.communicationUserId, country);
  if (typeof identifier === 'string') return identifier;
  const zone = known.timeZone ? timeZoneOf(known.timeZone) : undefined;
  if (known.timeZone && zone === undefined) return `timeZone: ${notATimeZone(known.timeZone)}`;
  const name = known.name || [known.firstName, known.lastName].filter(Boolean).join(' ');
  return {
    identifier,
    ...(name && { name }),
    ...(zone && { timeZone: zone }),
    ...(known.language && { language: known.language }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function personOf(cells: readonly string[], columns: readonly Column[]): Person | string {
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== '')) {
    return `has ${cells.length} cells, the header ${columns.length}`;
  }
  const known: Partial<Record<KnownColumn, string>> = {};
  const extra: Record<string, string> = {};
  columns.forEach(({ column, as }, index) => {
    const cell = cells[index] ?? '';
    if (as !== undefined) known[as] = cell;
    else if (!isOurs(column)) extra[column] = cell;
  });
  return { known, extra };
}

function identifierOf(phone: string | undefined, userId: string | undefined, country: string): Identifier | string {
  if (phone) {
    const read = readNumber(phone, country);
    return 'problem' in read ? `phone: ${read.problem}` : { phoneNumber: { value: read.number } };
  }
  if (!userId) return 'phone: is empty';
  if (userId.startsWith('8:')) return { communicationUser: { id: userId } };
  return `communicationUserId: ${masked(userId.slice(0, 40))} is not an ACS user id, 8:acs:…`;
}
