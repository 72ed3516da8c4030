/** Seven or more digits, with the usual separators, may be a phone number, unless they are part of a GUID or a word. */
const NUMBER_LIKE = /(?<![\w-])\+?\d(?:[ ().-]?\d){6,}(?![\w]|-[\da-f])/gi;

/** Makes foreign text safe to log: keeps only the last two digits of anything that may be a phone number. */
export function masked(text: string): string {
  return text.replace(NUMBER_LIKE, (number) => `•••${number.slice(-2)}`);
}
