import { randomUUID } from 'node:crypto';
import { ConflictError } from '../base/errors.ts';
import { retrying, sleep, type Wait } from './retrying.ts';
import type { KeyRange, StoredRow, TableName, TableStore, Write } from './table-store.ts';

/** The column by which a commit knows its own traces. */
const COMMIT_ID = 'commitId';

/**
 * Tries again what failed for no lasting reason. A commit that got no answer may have been done; trying it again then looks
 * like a conflict with somebody else. So each commit signs the row of its first write, and on a conflict after the first try
 * that row tells whose it is. This costs nothing unless something goes wrong.
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
        // A row that only we would have deleted is gone: that is what was asked for.
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

/** The signature is nobody's business but ours. */
function unsigned({ columns: { [COMMIT_ID]: _, ...columns }, ...row }: StoredRow): StoredRow {
  return { ...row, columns };
}
