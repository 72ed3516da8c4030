import type { RecipientId } from '../rules/calls/ids.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { LEGS_TABLE, legPartition } from './call-legs.ts';
import { REQUESTS_PARTITION, REQUESTS_TABLE, requestKey } from './call-requests.ts';
import { deleteAll } from './delete-all.ts';
import { ENDED } from './ended-calls.ts';
import { recipientKey } from './recipient-rows.ts';
import { rejectedPartition } from './rejected-rows.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import {
  type KeyRange,
  MAX_WRITES,
  type StoredRow,
  startingWith,
  type TableName,
  type TableStore,
} from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** Deletes what is kept of people: `personal-data.ts` lists it. Counts are left. Every method is idempotent. */
export class Erasure {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** The leg, events and actions of a call, or of whatever has this name. @returns the rows deleted. */
  leg(address: string): Promise<number> {
    return deleteAll(this.#tables, LEGS_TABLE, legPartition(address), startingWith(''));
  }

  /** Recipients who have an outcome, so that they have no due row. One request for each. */
  async recipients(shard: Shard, ids: readonly RecipientId[]): Promise<void> {
    for (const id of ids) await this.#delete(SHARDS_TABLE, partitionOf(shard), [recipientKey(id)]);
  }

  /** The ended calls of a shard. @param of only those of this recipient. */
  async endedCalls(shard: Shard, of?: RecipientId): Promise<void> {
    const isWanted = ({ columns }: StoredRow): boolean => of === undefined || columns['recipientId'] === of;
    await this.#deleteWhere(SHARDS_TABLE, partitionOf(shard), startingWith(ENDED), isWanted);
  }

  /** Rejected rows whose text is wanted, and how many there are. One request for each thousand, and one for each hundred. */
  async rejectedRows(outageId: string, isWanted: (text: string) => boolean = () => true): Promise<number> {
    const has = ({ columns }: StoredRow): boolean => isWanted(Object.values(columns).join('\n'));
    return this.#deleteWhere(SHARDS_TABLE, rejectedPartition(outageId), startingWith(''), has);
  }

  request(requestId: string): Promise<boolean> {
    return this.#delete(REQUESTS_TABLE, REQUESTS_PARTITION, [requestKey(requestId)]);
  }

  async #deleteWhere(
    table: TableName,
    partition: string,
    range: KeyRange,
    isWanted: (row: StoredRow) => boolean,
  ): Promise<number> {
    const keys: string[] = [];
    for await (const row of this.#tables.scan(table, partition, range)) if (isWanted(row)) keys.push(row.rowKey);
    for (let start = 0; start < keys.length; start += MAX_WRITES) {
      await this.#delete(table, partition, keys.slice(start, start + MAX_WRITES));
    }
    return keys.length;
  }

  async #delete(table: TableName, partition: string, keys: readonly string[]): Promise<boolean> {
    const writes = keys.map((rowKey) => ({ kind: 'delete' as const, rowKey }));
    return (await tryCommit(this.#tables, table, partition, writes)) !== undefined;
  }
}
