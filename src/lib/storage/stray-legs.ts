import { z } from 'zod';
import { LEGS_TABLE, legPartition } from './call-legs.ts';
import { fromColumns, newColumns } from './columns.ts';
import { startingWith, type TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

const Stray = z.object({ callLegId: z.string(), at: z.string() });
type Stray = z.infer<typeof Stray>;

/** Calls that no row of their owner names, noted so that what is kept of the people in them can be found. */
export class StrayLegs {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  async note(callLegId: string, now: Date): Promise<void> {
    const columns = newColumns({ callLegId, at: now.toISOString() } satisfies Stray);
    await this.#tables.commit(LEGS_TABLE, PARTITION, [{ kind: 'upsert', rowKey: legPartition(callLegId), columns }]);
  }

  /** One request for each thousand. */
  async list(): Promise<Stray[]> {
    const rows = await this.#tables.query(LEGS_TABLE, PARTITION, startingWith(''), Number.POSITIVE_INFINITY);
    return rows.map(({ columns }) => fromColumns(Stray, columns));
  }

  async forget(callLegId: string): Promise<void> {
    await tryCommit(this.#tables, LEGS_TABLE, PARTITION, [{ kind: 'delete', rowKey: legPartition(callLegId) }]);
  }
}

/** The partition of no leg: `legPartition` writes `!` only before two hex digits. */
const PARTITION = '!strays';
