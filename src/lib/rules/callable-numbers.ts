import { getCountryCallingCode, isSupportedCountry, type PhoneNumber as Parsed } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Identifier } from '../call-automation/identifiers.ts';
import { readNumber } from './phone-numbers.ts';

/** Kinds of number that are called only if a setting allows them: they may cost a multiple, or reach nobody at home. */
export const GuardedKind = z.enum(['premium', 'sharedCost', 'personal', 'satellite', 'international']);
export type GuardedKind = z.infer<typeof GuardedKind>;

/** What a number is. `unknown`: its range is not assigned, that of numbers kept for fiction for instance. */
export const NumberKind = z.enum([
  'mobile',
  'landline',
  'mobileOrLandline',
  ...GuardedKind.options,
  'other',
  'unknown',
]);
export type NumberKind = z.infer<typeof NumberKind>;

export type NumberFacts = { readonly country: string; readonly kind: NumberKind };

/** Which numbers may be called. */
export type CallingRules = {
  /** Codes of ISO 3166. */
  readonly countries: ReadonlySet<string> | '*';
  readonly kinds: ReadonlySet<GuardedKind>;
  /** Our caller numbers, E.164. */
  readonly own: ReadonlySet<string>;
};

/**
 * Networks without a country, and ranges that are dear even where the library knows no number in them (ITU-T E.164,
 * list of assigned country codes; Ofcom, National Telephone Numbering Plan; NANPA).
 */
const PREFIXES: readonly (readonly [RegExp, GuardedKind])[] = [
  [/^\+(?:870|881)/, 'satellite'],
  [/^\+(?:800|808|878|882|883|888|979)/, 'international'],
  [/^\+4470/, 'personal'],
  [/^\+449/, 'premium'],
  [/^\+1900/, 'premium'],
];

const KINDS: Readonly<Record<string, NumberKind>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  FIXED_LINE_OR_MOBILE: 'mobileOrLandline',
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'sharedCost',
  PERSONAL_NUMBER: 'personal',
};

/** What a number is, by its prefix or by libphonenumber's types. */
export function kindOf(parsed: Parsed): NumberKind {
  const prefixed = PREFIXES.find(([prefix]) => prefix.test(parsed.number))?.[1];
  if (prefixed) return prefixed;
  const type = parsed.getType();
  return type === undefined ? 'unknown' : (KINDS[type] ?? 'other');
}

const WORDS: Readonly<Record<GuardedKind, string>> = {
  premium: 'a premium-rate number',
  sharedCost: 'a shared-cost number',
  personal: 'a personal number, which forwards calls at a price',
  satellite: 'a satellite number',
  international: 'a number of an international network',
};

/** The country of a number, or its calling code, and its kind. */
export const describedNumber = (parsed: Parsed): NumberFacts => ({
  country: parsed.country ?? `+${parsed.countryCallingCode}`,
  kind: kindOf(parsed),
});

/** The same of a number in E.164 form; undefined if it is none. */
export function factsOf(number: string): NumberFacts | undefined {
  const read = readNumber(number, 'US');
  return 'parsed' in read ? describedNumber(read.parsed) : undefined;
}

/** Why a number must not be called; undefined if it may be. */
export function obstacleTo(
  parsed: Parsed,
  kind: NumberKind,
  { countries, kinds, own }: CallingRules,
): string | undefined {
  if (own.has(parsed.number)) return 'is one of our own caller numbers';
  const guarded = GuardedKind.safeParse(kind).data;
  if (guarded && !kinds.has(guarded))
    return `is ${WORDS[guarded]}; the setting CALL_NUMBER_TYPES does not allow ${guarded}`;
  const hasNoCountry = guarded === 'satellite' || guarded === 'international';
  if (hasNoCountry || countries === '*' || isOf(parsed, countries)) return undefined;
  return `is of ${parsed.country ?? `+${parsed.countryCallingCode}`}, which the setting CALL_COUNTRIES does not name`;
}

/** The library does not know the country of every number: then one with the same calling code is enough. */
function isOf({ country, countryCallingCode }: Parsed, countries: ReadonlySet<string>): boolean {
  if (country !== undefined) return countries.has(country);
  return [...countries].some((code) => isSupportedCountry(code) && getCountryCallingCode(code) === countryCallingCode);
}

/** Why a number in E.164 form must not be called by anybody; undefined if it may be. */
export function whyNotCall(number: string, rules: CallingRules): string | undefined {
  const read = readNumber(number, 'US');
  return 'problem' in read ? read.problem : obstacleTo(read.parsed, kindOf(read.parsed), rules);
}

/** ACS users. Any other kind of id may name a telephone: `4:` and a number, for instance. */
const ACS_USER = /^8:/;

export const isAcsUser = (id: string): boolean => ACS_USER.test(id);

/** Why nobody may call this person; undefined if the settings allow it. The only rule for lists, operators and calls. */
export function whyNotCallable(
  { phoneNumber, communicationUser }: Identifier,
  rules: CallingRules,
): string | undefined {
  if (phoneNumber) return whyNotCall(phoneNumber.value, rules);
  return isAcsUser(communicationUser?.id ?? '') ? undefined : 'is not an ACS user id, 8:acs:…';
}

/** The countries of these numbers. */
export const countriesOf = (numbers: readonly string[]): ReadonlySet<string> =>
  new Set(
    numbers.flatMap((number) => {
      const read = readNumber(number, 'US');
      return 'parsed' in read ? (read.parsed.country ?? []) : [];
    }),
  );
