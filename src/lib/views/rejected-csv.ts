import { stringify } from 'csv-stringify/sync';
import { LINE_COLUMN, REASON_COLUMN } from '../lists/columns.ts';
import type { RejectedRow } from '../rules/outages/rejected-row.ts';

/**
 * Rejected rows as CSV, to be corrected and sent again: the cells as they were, after the line and the reason. Puts an
 * apostrophe before a cell that a spreadsheet would run as a formula; reading a list takes it off again.
 */
export function rejectedCsv(header: readonly string[], rows: readonly RejectedRow[]): Buffer {
  const lines = rows.map(({ line, reason, cells }) => [String(line), reason, ...cells]);
  const all = [[LINE_COLUMN, REASON_COLUMN, ...header], ...lines];
  return Buffer.from(stringify(all, { bom: true, escape_formulas: true }));
}
