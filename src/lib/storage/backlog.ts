import type { Shard } from '../rules/outages/shard.ts';
import { difference, NOTHING, sumOf, tallyOf } from '../rules/outages/tally.ts';
import { type DueRow, putOffRow, recipientKey, type StoredRecipient } from './recipient-rows.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { MAX_WRITES, type TableStore, type Write } from './table-store.ts';
import { changeRow } from './tallies.ts';
import { tryCommit } from './try-commit.ts';

/** Waiting recipients that are put off in one transaction: the row, and the due row before and after. */
const MAX_PUT_OFF = Math.floor(MAX_WRITES / 3);

/** Waiting recipients that are removed in one transaction: the row and the due row of each, and one that counts them. */
const MAX_REMOVED = Math.floor((MAX_WRITES - 1) / 2);

/**
 * Changes many waiting recipients of a shard in one request. Deleting the due row guards each recipient, as in
 * `Recipients.dispatch`: an attempt that begins deletes it first.
 */
export class Backlog {
  readonly #tables: TableStore;

  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /**
   * Puts waiting recipients off, 33 in a request, without reading them. Skips a batch that somebody else
   * changed: those who are still due are found again.
   */
  async putOff(shard: Shard, rows: readonly DueRow[], until: (row: DueRow) => Date): Promise<void> {
    for (let start = 0; start < rows.length; start += MAX_PUT_OFF) {
      const batch = rows.slice(start, start + MAX_PUT_OFF);
      await this.#commit(
        shard,
        batch.flatMap((row) => putOffRow(row, until(row))),
      );
    }
  }

  /**
   * Takes waiting recipients off the list, 49 in a request. Skips those that somebody else changed.
   * @param name unique for each removal, for its row of counts.
   * @returns how many were taken off.
   */
  async removeAll(shard: Shard, people: readonly StoredRecipient[], name: string): Promise<number> {
    let removed = 0;
    for (let start = 0; start < people.length; start += MAX_REMOVED) {
      removed += await this.#removeBatch(shard, people.slice(start, start + MAX_REMOVED), name);
    }
    return removed;
  }

  async #removeBatch(shard: Shard, batch: readonly StoredRecipient[], name: string): Promise<number> {
    const [first] = batch;
    if (!first) return 0;
    const writes = batch.flatMap(({ recipient: { recipientId, dueRow = '' } }): Write[] => [
      { kind: 'delete', rowKey: recipientKey(recipientId) },
      { kind: 'delete', rowKey: dueRow },
    ]);
    const counted = difference(sumOf(batch.map(({ recipient }) => tallyOf(recipient))), NOTHING);
    const count = changeRow(`${first.recipient.recipientId}|removed|${name}`, counted);
    if (await this.#commit(shard, [...writes, ...count])) return batch.length;
    if (batch.length === 1) return 0;
    const half = Math.ceil(batch.length / 2);
    const before = await this.#removeBatch(shard, batch.slice(0, half), name);
    return before + (await this.#removeBatch(shard, batch.slice(half), name));
  }

  async #commit(shard: Shard, writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(shard), writes)) !== undefined;
  }
}
