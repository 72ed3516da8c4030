/** Masks the phone numbers in a text: only the first digit and the last four stay. */
export const masked = (text: string): string =>
  text.replace(/\+(\d)(\d+)(\d{4})/g, (_, first, hidden, last) => `+${first}${'•'.repeat(hidden.length)}${last}`);
