import { type KeyRange, MAX_WRITES, type TableName, type TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/**
 * Deletes all rows of a range. Two requests for each hundred. Idempotent.
 * @param most stop after this many.
 * @returns how many were deleted.
 */
export async function deleteAll(
  tables: TableStore,
  table: TableName,
  partition: string,
  range: KeyRange,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  let deleted = 0;
  while (deleted < most) {
    const rows = await tables.query(table, partition, range, Math.min(MAX_WRITES, most - deleted));
    if (rows.length === 0) break;
    // A conflict means that somebody else deleted one of them: read again.
    const writes = rows.map(({ rowKey }) => ({ kind: 'delete' as const, rowKey }));
    if (await tryCommit(tables, table, partition, writes)) deleted += rows.length;
  }
  return deleted;
}
