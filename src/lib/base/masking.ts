/** Seven digits or more in a row, with the usual separators, may be somebody's telephone number; not inside a GUID or another word. */
const NUMBER_LIKE = /(?<![\w-])\+?\d(?:[ ().-]?\d){6,}(?![\w]|-[\da-f])/gi;

/** Text that somebody else wrote, fit for a log: of what may be a telephone number only the last two digits are left. */
export function masked(text: string): string {
  return text.replace(NUMBER_LIKE, (number) => `•••${number.slice(-2)}`);
}
