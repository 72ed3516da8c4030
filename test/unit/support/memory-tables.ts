import { ConflictError, StorageError } from '../../../src/lib/base/errors.ts';
import {
  ANY,
  type Columns,
  type KeyRange,
  MAX_WRITES,
  type StoredRow,
  type TableName,
  type TableStore,
  type Write,
} from '../../../src/lib/storage/table-store.ts';

type Rows = ReadonlyMap<string, StoredRow>;

const PAGE = 1000;

/** Table Storage in memory, for tests: held to the same contract as the real one by test/contract/storage-tables.test.ts. */
export class MemoryTables implements TableStore {
  readonly #partitions = new Map<string, Rows>();
  #version = 0;

  async get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    await turn();
    return this.#rows(table, partitionKey).get(rowKey);
  }

  async query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    await turn();
    return this.#inOrder(table, partitionKey, range).slice(0, limit);
  }

  async *scan(table: TableName, partitionKey: string, { from, to }: KeyRange): AsyncIterable<StoredRow> {
    let page = await this.query(table, partitionKey, { from, to }, PAGE);
    while (page.length > 0) {
      yield* page;
      const last = page.at(-1)?.rowKey ?? to;
      page = await this.query(table, partitionKey, { from: `${last}\0`, to }, PAGE);
    }
  }

  async commit(table: TableName, partitionKey: string, writes: readonly Write[]): Promise<(string | undefined)[]> {
    await turn();
    const isOnce = new Set(writes.map(({ rowKey }) => rowKey)).size === writes.length;
    if (writes.length === 0 || writes.length > MAX_WRITES || !isOnce) {
      throw new StorageError(`Table ${table} could not be used: not one to a hundred writes, each row once`);
    }
    // A copy is written to, so that a refused write leaves the partition as it was.
    const rows = new Map(this.#rows(table, partitionKey));
    const etags = writes.map((write) => this.#write(rows, table, write));
    this.#partitions.set(nameOf(table, partitionKey), rows);
    return etags;
  }

  #write(rows: Map<string, StoredRow>, table: TableName, write: Write): string | undefined {
    const { kind, rowKey } = write;
    const before = rows.get(rowKey);
    const isRefused =
      kind === 'insert'
        ? before !== undefined
        : kind !== 'upsert' && (!before || ('etag' in write && write.etag !== ANY && write.etag !== before.etag));
    if (isRefused) throw new ConflictError(`A row of ${table} changed meanwhile`);
    if (kind === 'delete') {
      rows.delete(rowKey);
      return undefined;
    }
    this.#version++;
    const etag = `W/"version-${this.#version}"`;
    const columns = { ...(kind === 'merge' && before?.columns), ...stored(write.columns) };
    rows.set(rowKey, { rowKey, etag, columns });
    return etag;
  }

  #rows(table: TableName, partitionKey: string): Rows {
    return this.#partitions.get(nameOf(table, partitionKey)) ?? new Map();
  }

  #inOrder(table: TableName, partitionKey: string, { from, to }: KeyRange): StoredRow[] {
    return [...this.#rows(table, partitionKey).values()]
      .filter(({ rowKey }) => rowKey >= from && rowKey < to)
      .sort((a, b) => (a.rowKey < b.rowKey ? -1 : 1));
  }
}

const nameOf = (table: TableName, partitionKey: string): string => `${table}/${partitionKey}`;

const stored = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([, cell]) => cell !== undefined));

/** Others may have their turn before a request is answered, as with a real server. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
