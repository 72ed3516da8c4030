import { z } from 'zod';
import { fromColumns, newColumns } from './columns.ts';
import { startingWith, type TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** When the person opted out, and the outage in whose call; no outage if it was entered by hand. */
const OptOut = z.object({ at: z.string(), outageId: z.string().optional() });
export type OptOut = z.infer<typeof OptOut>;

/** People whom no outage may call again, by recipient id (a digest of their number). */
export class OptOuts {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  async find(recipientId: string): Promise<OptOut | undefined> {
    const row = await this.#tables.get(TABLE, PARTITION, recipientId);
    return row && fromColumns(OptOut, row.columns);
  }

  /** The ids of everybody who opted out. One request for each thousand. */
  async ids(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const { rowKey } of this.#tables.scan(TABLE, PARTITION, startingWith(''))) ids.add(rowKey);
    return ids;
  }

  async has(recipientId: string): Promise<boolean> {
    return (await this.#tables.get(TABLE, PARTITION, recipientId)) !== undefined;
  }

  /** Adds an opt-out. Does not change one that exists. */
  async add(recipientId: string, because: { outageId?: string; at: Date }): Promise<void> {
    const columns = newColumns({ outageId: because.outageId, at: because.at.toISOString() } satisfies OptOut);
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'insert', rowKey: recipientId, columns }]);
  }

  /** Removes an opt-out, if there is one. */
  async remove(recipientId: string): Promise<void> {
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'delete', rowKey: recipientId }]);
  }
}

const TABLE = 'OptOuts';
const PARTITION = 'opt-outs';
