/** Between the digits of one number: the usual separators, or one escaped as in an address. */
const SEPARATOR = '(?:[\\s().\\-/\\u2010-\\u2015]|%2[08d-f]|%3[a-f]){0,4}';

/**
 * Tells whether a text holds a phone number, with or without its country code, in any usual form.
 * @param number E.164.
 * @param national its digits without the country code.
 */
export function mentions(number: string, national: string): (text: string) => boolean {
  const digits = (text: string): string => [...text].join(SEPARATOR);
  const country = number.slice(1, number.length - national.length);
  const pattern = new RegExp(
    `(?<!\\d)(?:${digits(country)}${SEPARATOR}0?${SEPARATOR}|0{0,2})${digits(national)}(?!\\d)`,
    'i',
  );
  return (text) => pattern.test(text.normalize('NFKC'));
}
