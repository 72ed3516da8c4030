import { ConflictError } from '../base/errors.ts';
import type { TableName, TableStore, Write } from './table-store.ts';

/** The ETags of the rows that were written, in the order of the writes; undefined for a deleted row. */
type ETags = readonly (string | undefined)[];

/**
 * Commits, and tells a conflict from a failure. This is the only place above the table stores that handles a
 * ConflictError.
 * @returns undefined if there was a conflict: a row to insert exists, or a row to change or delete has changed or gone.
 * @throws StorageError if the commit failed for another reason.
 */
export async function tryCommit(
  tables: TableStore,
  table: TableName,
  partitionKey: string,
  writes: readonly Write[],
): Promise<ETags | undefined> {
  try {
    return await tables.commit(table, partitionKey, writes);
  } catch (error) {
    if (error instanceof ConflictError) return undefined;
    throw error;
  }
}
