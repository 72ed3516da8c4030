import { getCountries, isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { masked } from '../base/masking.ts';

/** What people write for a country, and the code that they mean. English names are looked up. */
const MEANT: Readonly<Record<string, string>> = {
  UK: 'GB',
  EN: 'GB',
  GBR: 'GB',
  ENG: 'GB',
  'GREAT BRITAIN': 'GB',
  ENGLAND: 'GB',
  USA: 'US',
  AMERICA: 'US',
  CAN: 'CA',
  EL: 'GR',
  DEU: 'DE',
  GER: 'DE',
  DEUTSCHLAND: 'DE',
  FRA: 'FR',
  AUT: 'AT',
  CHE: 'CH',
  SUI: 'CH',
  ESP: 'ES',
  ITA: 'IT',
  NLD: 'NL',
  AUS: 'AU',
  BRA: 'BR',
  MEX: 'MX',
  IND: 'IN',
  IRL: 'IE',
};

function codeMeant(text: string): string | undefined {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return MEANT[text] ?? getCountries().find((code) => names.of(code)?.toUpperCase() === text);
}

/** Says what is wrong with the code of a country, and what to write. */
function notACountry(text: string): string {
  const meant = codeMeant(text);
  const hint = meant === undefined ? 'write two letters of ISO 3166, e.g. US or GB' : `write ${meant}`;
  return `${masked(text.slice(0, 40)) || 'an empty text'} is not a country code; ${hint}`;
}

/** A country with a numbering plan: two letters of ISO 3166, in either case. */
export const Country = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isSupportedCountry, { error: ({ input }) => notACountry(String(input)) });
