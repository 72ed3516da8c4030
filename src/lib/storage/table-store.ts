/**
 * Table Storage as the app sees it: rows of one partition, read and committed together. `azure-tables.ts` implements
 * it; the stores know neither status codes nor the SDK.
 */

export type Cell = string | number | boolean;

/** A row's own columns. Undefined columns are not stored. */
export type Columns = { readonly [column: string]: Cell | undefined };

/** A row as read, with the ETag that a conditional write needs. */
export type StoredRow = { readonly rowKey: string; readonly etag: string; readonly columns: Columns };

export const TABLES = ['Outages', 'Recipients', 'CallLegs', 'Requests', 'Lines', 'OptOuts', 'Failures'] as const;
export type TableName = (typeof TABLES)[number];

/** In place of an ETag: any version of the row, as long as it exists. Another row must then guard the commit. */
export const ANY = '*';

/**
 * `insert` fails if the row exists. `upsert` inserts the row or merges into it, so that it keeps the columns that only
 * another version of the app knows. `merge` fails if the row has changed since it was read (ETag).
 * `delete` fails if the row does not exist; it has no ETag, because the SDK's transactions do not send one with a
 * delete.
 */
export type Write =
  | { readonly kind: 'insert' | 'upsert'; readonly rowKey: string; readonly columns: Columns }
  | { readonly kind: 'merge'; readonly rowKey: string; readonly columns: Columns; readonly etag: string }
  | { readonly kind: 'delete'; readonly rowKey: string };

/** Row keys from `from` (inclusive) to `to` (exclusive), in order. */
export type KeyRange = { readonly from: string; readonly to: string };

/** Port to Table Storage. Every method throws `StorageError` if storage fails. */
export interface TableStore {
  get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined>;
  /** At most `limit` rows. One request for each thousand. */
  query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]>;
  /** All rows of a range, read page by page. */
  scan(table: TableName, partitionKey: string, range: KeyRange): AsyncIterable<StoredRow>;
  /**
   * Does one to a hundred writes to one partition, all or none, in one request. Each row may occur once.
   * @returns the new ETag of each row, in order; undefined for a deleted row. Only the first is certain: a commit that
   * was retried does not know the others.
   * @throws ConflictError if a row to insert exists, or a row to change or delete has changed or no longer exists.
   */
  commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]>;
}

/** All keys with this prefix. `~` sorts after every character of our keys. */
export const startingWith = (prefix: string): KeyRange => ({ from: prefix, to: `${prefix}~` });

/** The most rows in one transaction (platform docs: performing entity group transactions). */
export const MAX_WRITES = 100;
