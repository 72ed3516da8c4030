import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { PhoneNumber } from '../call-automation/identifiers.ts';

/**
 * A number as people write it, in E.164 form; undefined if it can be none. Possible, not valid: numbering plans change faster
 * than the library, and a wrong number is an honest outcome. But the library thinks numbers possible that E.164 has no room
 * for; a row with one could be written and never read again.
 * @param country of numbers that are written without one: two letters.
 */
export function phoneNumberOf(text: string, country: string): string | undefined {
  const number = parsePhoneNumberFromString(text, countryOf(country));
  return number?.isPossible() ? PhoneNumber.safeParse(number.number).data : undefined;
}

const countryOf = (code: string): CountryCode => (isSupportedCountry(code) ? code : 'US');
