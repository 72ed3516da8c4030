import { toColumns } from './columns.ts';
import type { TableStore } from './table-store.ts';

/** People who must not be called again by any outage, by recipient id (a digest of their number). */
export class OptOuts {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  async has(recipientId: string): Promise<boolean> {
    return (await this.#tables.get(TABLE, PARTITION, recipientId)) !== undefined;
  }

  async add(recipientId: string, because: { outageId: string; at: Date }): Promise<void> {
    const columns = toColumns({ outageId: because.outageId, at: because.at.toISOString() });
    await this.#tables.commit(TABLE, PARTITION, [{ kind: 'upsert', rowKey: recipientId, columns }]);
  }
}

const TABLE = 'OptOuts';
const PARTITION = 'opt-outs';
