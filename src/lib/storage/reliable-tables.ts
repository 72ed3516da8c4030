import { randomUUID } from 'node:crypto';
import { ConflictError } from '../base/errors.ts';
import { retrying, sleep, type Wait } from './retrying.ts';
import type { KeyRange, StoredRow, TableName, TableStore, Write } from './table-store.ts';

/** The column by which a commit recognises its own rows. */
const COMMIT_ID = 'commitId';

/**
 * Retries transient failures. A commit without an answer may have succeeded, and its retry then looks like a conflict
 * with another writer. So each commit puts its id into the row of its first write; on a conflict after the first try,
 * that row tells who wrote it. This costs no request unless there is such a conflict.
 */
export class ReliableTables implements TableStore {
  readonly #tables: TableStore;
  readonly #wait: Wait;
  readonly #newId: () => string;

  constructor(tables: TableStore, wait: Wait = sleep, newId: () => string = () => randomUUID().slice(0, 13)) {
    this.#tables = tables;
    this.#wait = wait;
    this.#newId = newId;
  }

  async get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    const row = await retrying(this.#wait, () => this.#tables.get(table, partitionKey, rowKey));
    return row && unsigned(row);
  }

  async query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    return (await retrying(this.#wait, () => this.#tables.query(table, partitionKey, range, limit))).map(unsigned);
  }

  async *scan(table: TableName, partitionKey: string, range: KeyRange): AsyncIterable<StoredRow> {
    for await (const row of this.#tables.scan(table, partitionKey, range)) yield unsigned(row);
  }

  async commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]> {
    const id = this.#newId();
    const [first, ...rest] = writes;
    if (!first) return [];
    const signed = [signedWith(id, first), ...rest];
    return retrying(this.#wait, async (tries) => {
      try {
        return await this.#tables.commit(table, partitionKey, signed);
      } catch (error) {
        if (!(error instanceof ConflictError) || tries === 1) throw error;
        // Nobody else would have deleted this row, so the first try did.
        if (first.kind === 'delete') return [];
        const row = await this.#tables.get(table, partitionKey, first.rowKey);
        if (row?.columns[COMMIT_ID] !== id) throw error;
        return [row.etag];
      }
    });
  }
}

function signedWith(id: string, write: Write): Write {
  return write.kind === 'delete' ? write : { ...write, columns: { ...write.columns, [COMMIT_ID]: id } };
}

/** Hides the commit id from readers. */
function unsigned({ columns: { [COMMIT_ID]: _, ...columns }, ...row }: StoredRow): StoredRow {
  return { ...row, columns };
}
