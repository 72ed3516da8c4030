/**
 * Table Storage as the app sees it: rows of one partition, read and committed together. Real tables stand behind
 * `azure-tables.ts`. Nothing above this file knows of 409, 412 or the SDK.
 */

export type Cell = string | number | boolean;

/** A row's own columns. A column that is undefined is not stored. */
export type Columns = { readonly [column: string]: Cell | undefined };

export type StoredRow = { readonly rowKey: string; readonly etag: string; readonly columns: Columns };

export const TABLES = ['Outages', 'Recipients', 'CallLegs', 'Requests', 'Lines', 'OptOuts', 'Failures'] as const;
export type TableName = (typeof TABLES)[number];

/** Instead of an ETag: however the row is by now, so long as it is there. Another row of the commit guards it then. */
export const ANY = '*';

/**
 * `insert` fails if the row exists; `replace` and `merge` fail unless the row is as it was read (its ETag); `delete` fails
 * unless the row is there: the SDK's transactions carry no ETag with a delete, so whatever guards a commit must not rely on one.
 */
export type Write =
  | { readonly kind: 'insert' | 'upsert'; readonly rowKey: string; readonly columns: Columns }
  | { readonly kind: 'replace' | 'merge'; readonly rowKey: string; readonly columns: Columns; readonly etag: string }
  | { readonly kind: 'delete'; readonly rowKey: string };

/** Row keys from `from` (inclusive) up to `to` (exclusive), in order of key. */
export type KeyRange = { readonly from: string; readonly to: string };

export interface TableStore {
  get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined>;
  /** At most `limit` rows, a request for each thousand. */
  query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]>;
  /** Every row of the range, a page at a time, for reports. */
  scan(table: TableName, partitionKey: string, range: KeyRange): AsyncIterable<StoredRow>;
  /**
   * One to a hundred writes to one partition, all or none, in one request. Each row at most once.
   * @returns the new ETag of each row, in order; undefined for a deleted one. Only the first is sure to be there: a commit
   * that was tried twice knows no more.
   * @throws ConflictError if a row to insert exists, or a row to replace or delete has changed or gone.
   */
  commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]>;
}

/** Every key that begins with the prefix. `~` sorts after every character that our keys are made of. */
export const startingWith = (prefix: string): KeyRange => ({ from: prefix, to: `${prefix}~` });

/** Table Storage's limit on the entities of one entity-group transaction. */
export const MAX_WRITES = 100;
