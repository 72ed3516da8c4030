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

const PAGE = 1000;

/** Others may have their turn before a request is answered, as with a real server. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Table Storage in memory, for tests. It passes the same contract tests as the real one. */
export class MemoryTables implements TableStore {
  readonly #partitions = new Map<string, Partition>();
  readonly #turn: () => Promise<void> | void;
  #version = 0;

  /** @param wait before each answer. */
  constructor(wait: () => Promise<void> | void = turn) {
    this.#turn = wait;
  }

  async get(table: TableName, partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    await this.#turn();
    return this.#partition(table, partitionKey).rows.get(rowKey);
  }

  async query(table: TableName, partitionKey: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    await this.#turn();
    return this.#partition(table, partitionKey).between(range, limit);
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
    await this.#turn();
    const isOnce = new Set(writes.map(({ rowKey }) => rowKey)).size === writes.length;
    if (writes.length === 0 || writes.length > MAX_WRITES || !isOnce) {
      throw new StorageError(`Table ${table} could not be used: not one to a hundred writes, each row once`);
    }
    const partition = this.#partition(table, partitionKey);
    if (writes.some((write) => isRefused(write, partition.rows.get(write.rowKey)))) {
      throw new ConflictError(`A row of ${table} changed meanwhile`);
    }
    this.#partitions.set(nameOf(table, partitionKey), partition);
    return writes.map((write) => this.#write(partition, write));
  }

  /** The first key of a partition from this one on, in no time. */
  firstKey(table: TableName, partitionKey: string, from: string): string | undefined {
    return this.#partition(table, partitionKey).firstKey(from);
  }

  #write(partition: Partition, write: Write): string | undefined {
    const { kind, rowKey } = write;
    if (kind === 'delete') {
      partition.delete(rowKey);
      return undefined;
    }
    const before = kind === 'merge' || kind === 'upsert' ? partition.rows.get(rowKey)?.columns : undefined;
    const etag = `W/"version-${++this.#version}"`;
    partition.set({ rowKey, etag, columns: columnsOf(before, write.columns) });
    return etag;
  }

  #partition(table: TableName, partitionKey: string): Partition {
    return this.#partitions.get(nameOf(table, partitionKey)) ?? new Partition();
  }
}

/** Rows, and their keys in order. */
class Partition {
  readonly rows = new Map<string, StoredRow>();
  readonly #keys: string[] = [];

  set(row: StoredRow): void {
    if (!this.rows.has(row.rowKey)) this.#keys.splice(this.#placeOf(row.rowKey), 0, row.rowKey);
    this.rows.set(row.rowKey, row);
  }

  delete(rowKey: string): void {
    if (this.rows.delete(rowKey)) this.#keys.splice(this.#placeOf(rowKey), 1);
  }

  firstKey(from: string): string | undefined {
    return this.#keys[this.#placeOf(from)];
  }

  between({ from, to }: KeyRange, limit: number): StoredRow[] {
    const first = this.#placeOf(from);
    const keys = this.#keys.slice(first, Math.min(this.#placeOf(to), first + limit));
    return keys.flatMap((key) => this.rows.get(key) ?? []);
  }

  /** The place of the first key that is not before this one. */
  #placeOf(rowKey: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < rowKey) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isRefused(write: Write, before: StoredRow | undefined): boolean {
  if (write.kind === 'upsert') return false;
  if (write.kind === 'insert') return before !== undefined;
  return !before || ('etag' in write && write.etag !== ANY && write.etag !== before.etag);
}

const nameOf = (table: TableName, partitionKey: string): string => `${table}/${partitionKey}`;

function columnsOf(before: Columns | undefined, written: Columns): Columns {
  const columns: { [name: string]: Columns[string] } = { ...before };
  for (const [name, cell] of Object.entries(written)) if (cell !== undefined) columns[name] = cell;
  return columns;
}
