import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { PhoneNumber } from '../call-automation/identifiers.ts';

/**
 * Converts a number as people write it to E.164; undefined if it is not a phone number. Checks that it is possible, not
 * that it is valid: numbering plans change faster than the library, and a wrong number is an honest outcome. The
 * library accepts some numbers that are too long for E.164; they are refused, because a row with one could not be read
 * back.
 * @param country two letters; used for numbers without a country code.
 */
export function phoneNumberOf(text: string, country: string): string | undefined {
  const number = parsePhoneNumberFromString(text, countryOf(country));
  return number?.isPossible() ? PhoneNumber.safeParse(number.number).data : undefined;
}

const countryOf = (code: string): CountryCode => (isSupportedCountry(code) ? code : 'US');
