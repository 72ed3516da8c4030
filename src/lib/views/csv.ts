import { stringify } from 'csv-stringify/sync';
import { marked } from '../lists/formula-marks.ts';

/** Begins a file, so that Excel reads it as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

/**
 * Rows of CSV that no spreadsheet runs: every cell is in quotes, and a formula has an apostrophe before it, which
 * reading a list takes off again. The only way to write CSV.
 */
export const csvOf = (rows: readonly (readonly (string | number | undefined)[])[]): string =>
  stringify([...rows], { quoted: true, quoted_empty: true, cast: { string: marked } });
