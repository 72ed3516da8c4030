import { LINE_COLUMN, REASON_COLUMN } from '../lists/columns.ts';
import type { RejectedRow } from '../rules/outages/rejected-row.ts';
import { BYTE_ORDER_MARK, csvOf } from './csv.ts';

/** Rejected rows as CSV, to be corrected and sent again: the cells as they were, after the line and the reason. */
export function rejectedCsv(header: readonly string[], rows: readonly RejectedRow[]): Buffer {
  const lines = rows.map(({ line, reason, cells }) => [line, reason, ...cells]);
  return Buffer.from(BYTE_ORDER_MARK + csvOf([[LINE_COLUMN, REASON_COLUMN, ...header], ...lines]));
}
