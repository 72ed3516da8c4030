import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber as Parsed,
  ParseError,
  parsePhoneNumberFromString,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { PhoneNumber } from '../call-automation/identifiers.ts';
import { cleaned, faultIn } from './phone-text.ts';

/** A number that can be dialled, or what is wrong with the text, never with the digits in it. */
export type ReadNumber = { readonly number: string; readonly parsed: Parsed } | { readonly problem: string };

/**
 * Reads a number as people write it. Checks that it is possible, not that it is valid: numbering plans change faster
 * than the library, and a wrong number is an honest outcome. A number that is not written internationally must turn out
 * to be one of `country`, or of a country with the same calling code: anything else is an accident.
 * @param country two letters; used for numbers without a country code.
 */
export function readNumber(text: string, country: string): ReadNumber {
  const clean = cleaned(text);
  const fault = faultIn(clean);
  if (fault !== undefined) return { problem: fault };
  const digits = clean.replace(/\D/g, '');
  if (digits.length <= 3) return { problem: 'is an emergency or short number, which is never called' };
  const home = isSupportedCountry(country) ? country : undefined;
  return /^\(?\+|^\(?\s*00/.test(clean) ? readInternational(clean, home) : readNational(clean, home);
}

/**
 * `00` begins a number with its country code in most of the world. In some countries a longer prefix with these digits
 * does (Australia 0011, Brazil 00 and a carrier), so both readings are tried.
 */
function readInternational(clean: string, home: CountryCode | undefined): ReadNumber {
  const plus = dialled(clean.replace(/^\(?\+?\s*\(?\s*(?:00)?\)?/, '+'), undefined);
  if (clean.includes('+') || home === undefined || 'number' in plus) return plus;
  const byPrefix = parsePhoneNumberFromString(clean, { defaultCountry: home, extract: false });
  return byPrefix?.isValid() && !isOf(byPrefix, home) ? checked(byPrefix) : plus;
}

function readNational(clean: string, home: CountryCode | undefined): ReadNumber {
  const read = dialled(clean, home);
  if (home === undefined || ('number' in read && read.parsed.isValid() && isOf(read.parsed, home))) return read;
  // Only a prefix of the country itself (011 in the US) says that a number is of another one.
  if ('number' in read && read.parsed.isValid() && clean.startsWith('0')) return read;
  const abroad = parsePhoneNumberFromString(`+${clean}`, { extract: false });
  const isAbroad = abroad?.isValid() && !isOf(abroad, home);
  if (!isAbroad && (!('number' in read) || isOf(read.parsed, home))) return read;
  return { problem: `is of another country than ${home}; write it with + and its country code` };
}

/** Countries with one calling code share a numbering plan: the US and Canada, for instance. */
const isOf = ({ countryCallingCode }: Parsed, country: CountryCode): boolean =>
  countryCallingCode === getCountryCallingCode(country);

const WHY: Readonly<Record<string, string>> = {
  TOO_SHORT: 'is too short',
  TOO_LONG: 'is too long',
  INVALID_COUNTRY: 'has no known country code',
};

function dialled(text: string, defaultCountry: CountryCode | undefined): ReadNumber {
  try {
    return checked(parsePhoneNumberWithError(text, { ...(defaultCountry && { defaultCountry }), extract: false }));
  } catch (error) {
    if (error instanceof ParseError) return { problem: WHY[error.message] ?? 'is not a phone number' };
    throw error;
  }
}

/** The harmonised European numbers of social value (116 117 and so on), and 911 and its like as an area code. */
const SHORT = /^(?:\+[34]\d{1,2}116\d{3}|\+1[2-9]11\d{7})$/;

const MAX_E164 = '+123456789012345'.length;

/** The library accepts some numbers that are too long for E.164; they are refused, because such a row could not be read back. */
function checked(parsed: Parsed): ReadNumber {
  const { number } = parsed;
  if (SHORT.test(number)) return { problem: 'is an emergency or short number, which is never called' };
  if (parsed.isPossible() && PhoneNumber.safeParse(number).success) return { number, parsed };
  return {
    problem:
      WHY[validatePhoneNumberLength(number) ?? (number.length > MAX_E164 ? 'TOO_LONG' : 'TOO_SHORT')] ??
      'has the wrong length for its country',
  };
}
