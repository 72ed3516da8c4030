/**
 * Seven or more digits of any script, with the usual separators, may be a phone number: also after `%2B`, `+`, or letters
 * (`x14255550123`). Digits among letters are an id, and a GUID or a time is none.
 */
const NUMBER_LIKE = new RegExp(
  [
    // Matched first, and kept: GUIDs, ISO times and dates, `404 8522`.
    '(?<kept>(?<![\\p{L}\\p{N}])(?:',
    '[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}',
    '|\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d)?)?',
    '|[2-5]\\d\\d[ /,]+\\d{4,6}',
    ')(?![\\p{L}\\p{N}]))',
    '|(?<![\\p{L}\\p{N}])(?<before>(?:%2B|\\p{L}+)?)\\+?\\p{Nd}(?:(?:[\\s().\\-/\\u2010-\\u2015\\u2212]|%20){0,3}\\p{Nd}){6,}(?:x\\d{1,6})?(?![\\p{L}\\p{N}])',
  ].join(''),
  'giu',
);

/**
 * Makes text from outside safe to log: keeps only the last two digits of anything that may be a phone number. For values
 * that we were given and show, and as the last net for messages of libraries and services. Our own words are not passed
 * through it: codes and examples stay as they are.
 */
export function masked(text: string): string {
  return text.replace(NUMBER_LIKE, (found, ...rest) => {
    const { kept, before = '' } = rest.at(-1);
    return kept === undefined
      ? `${before}•••${found
          .normalize('NFKC')
          .replace(/\P{Nd}/gu, '')
          .slice(-2)}`
      : found;
  });
}
