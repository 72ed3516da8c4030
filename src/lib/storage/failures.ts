import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fromColumns, newColumns } from './columns.ts';
import type { TableStore } from './table-store.ts';

const Failure = z.object({ reason: z.string(), at: z.string() });
export type Failure = z.infer<typeof Failure>;

/**
 * Why queue messages failed: the latest reason for each. The key is a digest of the text, because the host's copy on
 * the poison queue has another id.
 */
export class Failures {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** @param message as the handler got it: parsed JSON, or a string if it was not JSON. */
  async record(queue: string, message: unknown, reason: string, at: Date): Promise<void> {
    const columns = newColumns({ reason, at: at.toISOString() });
    await this.#tables.commit(TABLE, queue, [{ kind: 'upsert', rowKey: digestOf(message), columns }]);
  }

  async find(queue: string, message: unknown): Promise<Failure | undefined> {
    const row = await this.#tables.get(TABLE, queue, digestOf(message));
    return row && fromColumns(Failure, row.columns);
  }

  /** Deletes the reason for a message that was sent again. */
  async forget(queue: string, message: unknown): Promise<void> {
    const row = await this.#tables.get(TABLE, queue, digestOf(message));
    if (row) await this.#tables.commit(TABLE, queue, [{ kind: 'delete', rowKey: row.rowKey }]);
  }
}

const TABLE = 'Failures';
const digestOf = (message: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(message) ?? '')
    .digest('hex');
