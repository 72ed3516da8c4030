/**
 * What people and spreadsheets make of a phone number: what can be mended without doubt is mended, and anything else is
 * named.
 */

/** Characters that are not seen: zero-width, direction marks, soft hyphens, byte order marks. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Digits and the plus sign of other scripts: full width, Arabic, Persian. */
const OTHER_DIGITS = /[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/g;
const westernDigit = (digit: string): string => String((digit.charCodeAt(0) & 0xf) % 10);

/** Text as spreadsheets keep it: `="…"`, or an apostrophe before it, as our own reports have. */
const AS_TEXT = /^(?:="(.*)"|['\u2019`](.*))$/s;

/** Digits with a decimal part of zero, which a spreadsheet or a data frame added. */
const WITH_DECIMALS = /^(\+?\d{5,})[.,]0{1,2}$/;

/** A whole number with separators of thousands; a phone number has no such commas. */
const WITH_THOUSANDS = /^\d{1,3}(?:,\d{3}){2,}$/;

/** The text of a phone number without what surely does not belong to it. */
export function cleaned(text: string): string {
  const seen = text
    .replace(UNSEEN, '')
    .replace(OTHER_DIGITS, westernDigit)
    .replaceAll('\uff0b', '+')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
  const [, quoted, marked] = AS_TEXT.exec(seen) ?? [];
  const plain = (quoted ?? marked ?? seen).replace(/^(?:tel|callto|sip|phone):(?:\/\/)?/i, '').trim();
  if (WITH_THOUSANDS.test(plain)) return plain.replaceAll(',', '');
  return plain.replace(WITH_DECIMALS, '$1');
}

const ROUNDED = 'was turned into a rounded number by a spreadsheet; format the column as text';
const EXTENDED = 'has an extension, which cannot be dialled';
const TWO = 'has two numbers in one cell';

/** Marks between two numbers. A slash or a comma may also be within one. */
const BETWEEN = /[;|&\n]|:::|\s(?:or|and|oder|und|ou|et|o|y)\s/i;

/** An extension, with its mark in some languages, or a pause of a modem (`,` `p` `w`) and what is dialled after it. */
const EXTENSION =
  /(?:[;,]?\s*\b(?:ext(?:ension)?|extn|durchwahl|dw|app(?:arat)?|poste|interne|int(?:erno)?|anexo|ramal|toestel|доб)\b\.?\s*[:=]?\s*#?\s*\d|(?<=\d[\s)]*)(?:x|#|p|w|доб)\.?\s*:?\s*\d|(?<=\d\s*)[,~]|;\s*ext)/i;

const digitsIn = (text: string): number => text.replace(/\D/g, '').length;

/** Whether the text between these marks is two numbers or more. */
const isTwo = (parts: readonly string[], least: number): boolean =>
  parts.filter((part) => digitsIn(part) >= least).length > 1;

function hasTwo(text: string): boolean {
  if ((text.match(/\+/g)?.length ?? 0) > 1) return true;
  if (isTwo(text.split(BETWEEN), 4) || isTwo(text.split(','), 7)) return true;
  const slashed = text.split('/');
  if (slashed.length > 2) return true;
  // `030 1234567/68` gives two last digits; `030/1234567` has its area code before the slash.
  const [before = '', after] = slashed;
  if (after !== undefined && digitsIn(before) >= 6 && digitsIn(after) > 0) return true;
  return digitsIn(text) > 15 && isTwo(text.split(' '), 7);
}

/** Checks in order, each with what it finds. The first that fits names the fault. */
const FAULTS: readonly (readonly [(text: string) => boolean, string])[] = [
  [(text) => text === '', 'is empty'],
  [(text) => /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i.test(text), ROUNDED],
  [
    (text) => /^#+$|^#(?:N\/A|REF!|VALUE!|NAME\?|NULL!|DIV\/0!|NV|WERT!|BEZUG!)$/i.test(text),
    'is an error of a spreadsheet',
  ],
  [(text) => digitsIn(text) > 0 && /[*\u2022\u2026]/.test(text), 'is masked: some digits are missing'],
  [hasTwo, TWO],
  [(text) => EXTENSION.test(text), EXTENDED],
  [(text) => text.includes('@'), 'is an e-mail address'],
  [(text) => /\p{L}/u.test(text), 'has letters'],
  [(text) => digitsIn(text) === 0, 'has no digits'],
  [(text) => /^\+?\d{5,}[.,]\d+$/.test(text), ROUNDED],
];

/** Why the text cannot be a phone number, whatever its country; undefined if it may be one. */
export const faultIn = (text: string): string | undefined => FAULTS.find(([isSo]) => isSo(text))?.[1];
