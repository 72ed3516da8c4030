import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { Country } from './countries.ts';

/** What a minute of a call costs, by the country of the callee. */
export type CallPrices = {
  /** ISO 4217. */
  readonly currency: string;
  readonly byCountry: ReadonlyMap<string, number>;
  /** The price for countries that are not named. */
  readonly others?: number | undefined;
};

const PRICE = /^(\*|[A-Za-z]{2})[:=](\d+(?:\.\d+)?)$/;

/**
 * The price of a minute to a country; undefined if there is none.
 * @param country ISO 3166, or a calling code such as `+44` where the country of a number is not known: then the dearest
 * country with that code counts.
 */
export function priceTo(country: string, { byCountry, others }: CallPrices): number | undefined {
  const alike = [...byCountry].filter(
    ([code]) => isSupportedCountry(code) && country === `+${getCountryCallingCode(code)}`,
  );
  return byCountry.get(country) ?? (alike.length > 0 ? Math.max(...alike.map(([, price]) => price)) : others);
}

/** `EUR DE:0.01,FR:0.012,*:0.1`: a currency, and prices of a minute by country; `*` stands for all others. */
export const CallPricesText = z.string().transform((text, context): CallPrices => {
  const [currency = '', ...rest] = text.trim().split(/\s+/);
  const entries = rest
    .join('')
    .split(',')
    .map((entry) => PRICE.exec(entry));
  const prices = entries.flatMap((match) => (match ? [[match[1] ?? '', Number(match[2])] as const] : []));
  const areCountries = prices.every(([country]) => country === '*' || Country.safeParse(country).success);
  if (!/^[A-Z]{3}$/.test(currency) || prices.length !== entries.length || !areCountries) {
    context.addIssue('must be a currency and prices of a minute by country, e.g. USD US:0.013,GB:0.02,*:0.1');
    return z.NEVER;
  }
  const byCountry = new Map(prices.map(([country, price]) => [country.toUpperCase(), price]));
  return { currency, byCountry, others: byCountry.get('*') };
});
