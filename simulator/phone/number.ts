/** The identity of a telephone: a number in E.164 form, or an ACS user id. */

/** Reads what the user typed. Ignores signs between digits. Returns undefined if it is no number and no user id. */
export function readIdentity(typed: string): string | undefined {
  const text = typed.trim();
  if (/^8:\S+$/.test(text)) return text;
  const number = text.replace(/[\s().\-–/]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
}

/** Formats a number for display: `+1 425 555 0123`. Numbers of other countries stay as they are. */
export const shown = (identity: string): string =>
  identity.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1\u00a0$1\u00a0$2\u00a0$3');

/** Formats seconds as a telephone does: `1:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
