import { z } from 'zod';
import { RejectedRow } from '../rules/outages/rejected-row.ts';
import { fromColumns, toColumns } from './columns.ts';
import { SHARDS_TABLE } from './shard.ts';
import { MAX_WRITES, startingWith, type TableStore } from './table-store.ts';

/** The rejected rows of one import, with the columns of its list. */
export type Rejected = { readonly header: readonly string[]; readonly rows: readonly RejectedRow[] };

/** Rejected rows that are kept of one import. */
export const MAX_KEPT = 10_000;

/** Imports that are looked through for another part of the same list. */
const LOOKED_AT = 20;

const Header = z.object({
  header: z.array(z.string()),
  /** The client's id of a list that was sent in parts. */
  list: z.string().optional(),
});

/**
 * The rejected rows of the imports of each outage, in a partition of their own beside its shards:
 * `import|<time, newest first>` holds the columns of a list, `row|<the same>|<line>` a row of it.
 */
export class RejectedRows {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /**
   * Keeps the first rejected rows of an import. One request for each hundred, and one for its columns.
   * @param list if it is a part of a list: the rows are kept with those of the other parts. One request more.
   */
  async keep(outageId: string, { header, rows }: Rejected, now: Date, list?: string): Promise<void> {
    const name = (await this.#nameOf(outageId, list)) ?? newestFirst(now);
    const kept = rows.slice(0, MAX_KEPT);
    for (let start = 0; start < kept.length; start += MAX_WRITES) {
      const writes = kept.slice(start, start + MAX_WRITES).map((row) => ({
        kind: 'upsert' as const,
        rowKey: `row|${name}|${String(row.line).padStart(9, '0')}`,
        columns: toColumns(row),
      }));
      await this.#tables.commit(SHARDS_TABLE, rejectedPartition(outageId), writes);
    }
    // Last, so that an import is found only with all of its rows.
    const columns = toColumns({ header: [...header], list });
    await this.#tables.commit(SHARDS_TABLE, rejectedPartition(outageId), [
      { kind: 'upsert', rowKey: `${IMPORT}${name}`, columns },
    ]);
  }

  /** The name under which rows of another part of the list are kept. */
  async #nameOf(outageId: string, list: string | undefined): Promise<string | undefined> {
    if (list === undefined) return undefined;
    const partition = rejectedPartition(outageId);
    const imports = await this.#tables.query(SHARDS_TABLE, partition, startingWith(IMPORT), LOOKED_AT);
    const other = imports.find(({ columns }) => fromColumns(Header, columns).list === list);
    return other?.rowKey.slice(IMPORT.length);
  }

  /** The rejected rows of every import. One request for each thousand. */
  async all(outageId: string): Promise<RejectedRow[]> {
    const rows = await this.#tables.query(
      SHARDS_TABLE,
      rejectedPartition(outageId),
      startingWith('row|'),
      Number.POSITIVE_INFINITY,
    );
    return rows.map(({ columns }) => fromColumns(RejectedRow, columns));
  }

  /** The rejected rows of the latest import that had any. One request, and one for each thousand rows. */
  async latest(outageId: string): Promise<Rejected | undefined> {
    const partition = rejectedPartition(outageId);
    const [found] = await this.#tables.query(SHARDS_TABLE, partition, startingWith(IMPORT), 1);
    if (!found) return undefined;
    const range = startingWith(`row|${found.rowKey.slice(IMPORT.length)}|`);
    const rows = await this.#tables.query(SHARDS_TABLE, partition, range, MAX_KEPT);
    return {
      header: fromColumns(Header, found.columns).header,
      rows: rows.map(({ columns }) => fromColumns(RejectedRow, columns)),
    };
  }
}

const IMPORT = 'import|';

export const rejectedPartition = (outageId: string): string => `${outageId}|rejected`;

/** Sorts later times first. */
const newestFirst = (now: Date): string => String(8_640_000_000_000_000 - now.getTime()).padStart(16, '0');
