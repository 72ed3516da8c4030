import { masked } from '../base/masking.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import {
  type CallingRules,
  describedNumber,
  isAcsUser,
  type NumberFacts,
  obstacleTo,
} from '../rules/callable-numbers.ts';
import type { Contact } from '../rules/outages/recipient.ts';
import { MAX_NAME, NAME_TOO_LONG } from '../rules/outages/wording.ts';
import { readNumber } from '../rules/phone-numbers.ts';
import { notATimeZone, timeZoneOf } from '../rules/time-zones.ts';
import type { Column } from './columns.ts';
import type { KnownColumn } from './known-columns.ts';

/** What a row says about a person: the cells that Ringdown uses, and the list's own. */
type Person = { readonly known: Partial<Record<KnownColumn, string>>; readonly extra: Record<string, string> };

/** How numbers are read, and which may be called. */
export type NumberRules = {
  /** The country of numbers without a country code. */
  readonly country: string;
  readonly calling: CallingRules;
  /** Why ACS users cannot be called; undefined if they can. */
  readonly noUsers?: string | undefined;
};

export type FoundContact = { readonly contact: Contact; readonly number?: NumberFacts };

/**
 * The contact of a row, or what is wrong with the row. The reason never repeats a number. A short row has empty cells at
 * its end; a long one is not read, because its cells are not in the columns that they seem to be in.
 */
export function contactOf(
  cells: readonly string[],
  columns: readonly Column[],
  rules: NumberRules,
): FoundContact | string {
  const person = personOf(cells, columns);
  if (typeof person === 'string') return person;
  const { known, extra } = person;
  const callee = calleeOf(known.phone, known.communicationUserId, rules);
  if (typeof callee === 'string') return callee;
  const zone = known.timeZone ? timeZoneOf(known.timeZone) : undefined;
  if (known.timeZone && zone === undefined) return `timeZone: ${notATimeZone(known.timeZone)}`;
  const name = known.name || [known.firstName, known.lastName].filter(Boolean).join(' ');
  if (name.length > MAX_NAME) return `name: ${NAME_TOO_LONG}`;
  const contact = {
    identifier: callee.identifier,
    ...(name && { name }),
    ...(zone && { timeZone: zone }),
    ...(known.language && { language: known.language }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
  return { contact, ...(callee.number && { number: callee.number }) };
}

function personOf(cells: readonly string[], columns: readonly Column[]): Person | string {
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== '')) {
    return `has ${cells.length} cells, the header ${columns.length}`;
  }
  const known: Partial<Record<KnownColumn, string>> = {};
  const extra: Record<string, string> = {};
  columns.forEach(({ column, as, isOurs }, index) => {
    const cell = cells[index] ?? '';
    if (as !== undefined) known[as] = cell;
    else if (!isOurs) extra[column] = cell;
  });
  return { known, extra };
}

type Callee = { readonly identifier: Identifier; readonly number?: NumberFacts };

function calleeOf(phone: string | undefined, userId: string | undefined, rules: NumberRules): Callee | string {
  if (phone) return phoneOf(phone, rules);
  if (!userId) return 'phone: is empty';
  if (isAcsUser(userId) && rules.noUsers !== undefined) return `communicationUserId: ${rules.noUsers}`;
  if (isAcsUser(userId)) return { identifier: { communicationUser: { id: userId } } };
  return `communicationUserId: ${masked(userId.slice(0, 40))} is not an ACS user id, 8:acs:…`;
}

function phoneOf(phone: string, { country, calling }: NumberRules): Callee | string {
  const read = readNumber(phone, country);
  if ('problem' in read) return `phone: ${read.problem}`;
  const { number, parsed } = read;
  const facts = describedNumber(parsed);
  const obstacle = obstacleTo(parsed, facts.kind, calling);
  if (obstacle !== undefined) return `phone: ${obstacle}`;
  return { identifier: { phoneNumber: { value: number } }, number: facts };
}
