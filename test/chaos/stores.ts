import { StorageError } from '../../src/lib/base/errors.ts';
import type { QueueName, QueueStore } from '../../src/lib/storage/queue-store.ts';
import {
  type Columns,
  type KeyRange,
  type StoredRow,
  TABLES,
  type TableName,
  type TableStore,
  type Write,
} from '../../src/lib/storage/table-store.ts';
import { REQUEST_LIMIT_MS } from '../../src/lib/storage/time-limit.ts';
import { MemoryTables } from '../unit/support/memory-tables.ts';
import type { Faults } from './faults.ts';
import type { Invocation, Trouble } from './process.ts';

/** A row before and after a commit; undefined if it does not exist. */
export type RowChange = {
  readonly table: TableName;
  readonly partition: string;
  readonly rowKey: string;
  readonly before: Columns | undefined;
  readonly after: Columns | undefined;
};

/** The tables that all processes of a world share, with a copy that the checks read synchronously. */
export class WorldTables {
  // Nobody waits but on the clock.
  readonly #tables = new MemoryTables(() => undefined);
  readonly #mirror = new Map<TableName, Map<string, Map<string, Columns>>>(TABLES.map((table) => [table, new Map()]));
  readonly #changed: (changes: readonly RowChange[], by: Invocation | undefined) => void;

  constructor(changed: (changes: readonly RowChange[], by: Invocation | undefined) => void) {
    this.#changed = changed;
  }

  /** The rows of a partition as they are now, by key. */
  rows(table: TableName, partition: string): ReadonlyMap<string, Columns> {
    return this.#mirror.get(table)?.get(partition) ?? new Map();
  }

  /** Every partition of a table. */
  partitions(table: TableName): ReadonlyMap<string, ReadonlyMap<string, Columns>> {
    return this.#mirror.get(table) ?? new Map();
  }

  /** The first key of a partition that begins like this and is not before `from`. */
  firstKey(table: TableName, partition: string, prefix: string, from = prefix): string | undefined {
    const key = this.#tables.firstKey(table, partition, from);
    return key?.startsWith(prefix) ? key : undefined;
  }

  get(table: TableName, partition: string, rowKey: string): Promise<StoredRow | undefined> {
    return this.#tables.get(table, partition, rowKey);
  }

  query(table: TableName, partition: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    return this.#tables.query(table, partition, range, limit);
  }

  scan(table: TableName, partition: string, range: KeyRange): AsyncIterable<StoredRow> {
    return this.#tables.scan(table, partition, range);
  }

  async commit(
    table: TableName,
    partition: string,
    writes: readonly Write[],
    by?: Invocation,
  ): ReturnType<TableStore['commit']> {
    const etags = await this.#tables.commit(table, partition, writes);
    const rows = this.#mirror.get(table)?.get(partition) ?? new Map<string, Columns>();
    this.#mirror.get(table)?.set(partition, rows);
    const changes = writes.map((write): RowChange => {
      const before = rows.get(write.rowKey);
      const after = columnsAfter(before, write);
      if (after) rows.set(write.rowKey, after);
      else rows.delete(write.rowKey);
      return { table, partition, rowKey: write.rowKey, before, after };
    });
    this.#changed(changes, by);
    return etags;
  }
}

/** An empty column is an absent one, except that a line without a holder has an empty one. */
const withoutEmpty = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([name, cell]) => cell !== '' || name === 'holder'));

function columnsAfter(before: Columns | undefined, write: Write): Columns | undefined {
  if (write.kind === 'delete') return undefined;
  return write.kind === 'insert' ? write.columns : withoutEmpty({ ...before, ...write.columns });
}

/** What goes wrong with a request to storage: refused, no answer with or without effect, or silence until its limit. */
export function storageTrouble(faults: Faults, what: string): Trouble | undefined {
  const kind = faults.oneOf(['storageRefused', 'storageUnheard', 'storageAnswerLost', 'storageHangs']);
  if (!kind) return undefined;
  const reason = kind === 'storageRefused' ? '500 InternalError' : 'no answer';
  return {
    isDone: kind === 'storageAnswerLost' || (kind === 'storageHangs' && faults.coin()),
    error: new StorageError(`${what} could not be used (${reason})`, { isTransient: true }),
    ...(kind === 'storageHangs' && { afterMs: REQUEST_LIMIT_MS }),
  };
}

/** The tables as one run sees them: requests take time and may fail. */
export class AskedTables implements TableStore {
  readonly #tables: WorldTables;
  readonly #by: Invocation;
  readonly #faults: Faults;

  constructor(tables: WorldTables, by: Invocation, faults: Faults) {
    this.#tables = tables;
    this.#by = by;
    this.#faults = faults;
  }

  get(table: TableName, partition: string, rowKey: string): Promise<StoredRow | undefined> {
    return this.#ask(
      table,
      () => `get ${table} ${partition} ${rowKey}`,
      () => this.#tables.get(table, partition, rowKey),
    );
  }

  query(table: TableName, partition: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    return this.#ask(
      table,
      () => `query ${table} ${partition} ${range.from}…`,
      () => this.#tables.query(table, partition, range, limit),
    );
  }

  scan(table: TableName, partition: string, range: KeyRange): AsyncIterable<StoredRow> {
    return this.#tables.scan(table, partition, range);
  }

  commit(table: TableName, partition: string, writes: readonly Write[]): ReturnType<TableStore['commit']> {
    return this.#ask(
      table,
      () => `commit ${table} ${partition}: ${writes.map(writeInWords).join(', ')}`,
      () => this.#tables.commit(table, partition, writes, this.#by),
    );
  }

  #ask<Answer>(table: TableName, what: () => string, effect: () => Promise<Answer>): Promise<Answer> {
    return this.#by.ask('table', { what, effect, trouble: storageTrouble(this.#faults, `Table ${table}`) });
  }
}

const SHOWN = ['phase', 'attempt', 'outcome', 'state', 'stage', 'holder', 'leaseUntil', 'status'];

function writeInWords(write: Write): string {
  const columns = 'columns' in write ? SHOWN.flatMap((name) => write.columns[name] ?? []) : [];
  return `${write.kind} ${write.rowKey}${columns.length > 0 ? ` (${columns.join(' ')})` : ''}`;
}

/** The queues as one run sees them. */
export class AskedQueues implements QueueStore {
  readonly #put: (queue: QueueName, message: object, delaySeconds: number) => void;
  readonly #by: Invocation;
  readonly #faults: Faults;

  constructor(put: (queue: QueueName, message: object, delaySeconds: number) => void, by: Invocation, faults: Faults) {
    this.#put = put;
    this.#by = by;
    this.#faults = faults;
  }

  send(queue: QueueName, message: object, delaySeconds = 0): Promise<void> {
    return this.#by.ask('queue', {
      what: () => `send ${queue} ${JSON.stringify(message)}${delaySeconds ? ` in ${delaySeconds} s` : ''}`,
      effect: () => this.#put(queue, message, delaySeconds),
      trouble: storageTrouble(this.#faults, `Queue ${queue}`),
    });
  }
}
