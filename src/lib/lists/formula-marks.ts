/**
 * Spreadsheets run a cell that begins like a formula. Which cells there are depends on the separator of their locale:
 * `x;=1+1` is one cell in the US and two in Germany. So our downloads put an apostrophe before a formula at the start of
 * every cell that any separator would make, after spaces and quotes. Numbers in E.164 are harmless, and stay as they are.
 */

/** Where a cell may begin. */
const START = '(^|[,;|\\t\\r\\n])((?:[^\\S\\t\\r\\n]|")*)';
/** The characters that begin a formula, also in the full width of East Asian keyboards. */
const FORMULA = '[=+@\\-＝＋＠－]';
const NOT_A_NUMBER = '(?!\\+\\d{7,15}(?:$|[,;|\\t\\r\\n]))';
/** Spreadsheets may drop these at the start of a cell, and then see the formula after them. */
const DROPPED = '[\\t\\r\\n]';

// Apostrophes that were there before are counted in, so that exactly ours is taken off again.
const TO_MARK = new RegExp(`${START}${NOT_A_NUMBER}(?='*${FORMULA})`, 'g');
const TO_MARK_FIRST = new RegExp(`^(?='*${DROPPED})`);
const MARK = new RegExp(`${START}'(?='*${FORMULA})`, 'g');
const FIRST_MARK = new RegExp(`^'(?='*${DROPPED})`);

/** The cell of a download, with an apostrophe before each formula in it. */
export const marked = (cell: string): string => cell.replace(TO_MARK, "$1$2'").replace(TO_MARK_FIRST, "'");

/** The cell as it was before `marked`. */
export const unmarked = (cell: string): string =>
  cell.includes("'") ? cell.replace(FIRST_MARK, '').replace(MARK, '$1$2') : cell;
