import type { AttemptRef } from '../rules/calls/purpose.ts';
import { type Due, dispatchedColumns, type Moved } from '../rules/outages/attempts.ts';
import { type HeldLine, Recipient } from '../rules/outages/recipient.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { sumOf, tallyOf } from '../rules/outages/tally.ts';
import { fromColumns, toColumns } from './columns.ts';
import { Hints } from './hints.ts';
import {
  afterKey,
  type Change,
  changeOf,
  changeOfVersion,
  type DueRow,
  dueInsertion,
  dueKey,
  idIn,
  insertion,
  nameOf,
  type Place,
  recipientKey,
  type StoredRecipient,
  toDueRow,
} from './recipient-rows.ts';
import { readable } from './set-aside.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { ANY, MAX_WRITES, startingWith, type TableStore, type Write } from './table-store.ts';
import { changeRow } from './tallies.ts';
import { tryCommit } from './try-commit.ts';

export type { Change, DueRow, StoredRecipient } from './recipient-rows.ts';

/** Some recipients, without those that cannot be read. `next`: the id after which to go on; undefined at the end. */
export type Page = { readonly people: readonly StoredRecipient[]; readonly next: string | undefined };

type DueAt = (recipient: Recipient) => Date;

/** New recipients in one transaction: two rows each, and one row that counts them all. */
export const MAX_ADDED = Math.floor((MAX_WRITES - 1) / 2);

/** Waiting recipients that end in one transaction: likewise. */
const MAX_ENDED = Math.floor((MAX_WRITES - 1) / 2);

/**
 * Recipients and their due rows. A shard is one partition (shard.ts), so a recipient, their due row and the counts
 * change in one transaction. The two kinds of due row have separate key ranges, so a long list of waiting people cannot
 * hide expired leases.
 */
export class Recipients {
  readonly #tables: TableStore;
  readonly #hints: Hints<StoredRecipient>;

  constructor(tables: TableStore, hints = new Hints<StoredRecipient>()) {
    this.#tables = tables;
    this.#hints = hints;
  }

  /**
   * Adds new recipients to a shard, each waiting to be called from its time on. Does not change recipients that exist.
   * @returns how many were added.
   */
  async add(shard: Shard, recipients: readonly Recipient[], dueAt: DueAt): Promise<number> {
    let added = 0;
    for (let start = 0; start < recipients.length; start += MAX_ADDED) {
      added += await this.#addBatch(shard, recipients.slice(start, start + MAX_ADDED), dueAt);
    }
    return added;
  }

  async #addBatch(shard: Shard, batch: readonly Recipient[], dueAt: DueAt): Promise<number> {
    if (await this.addAtOnce(shard, batch, dueAt)) return batch.length;
    if (batch.length === 1) return 0;
    // At least one of the batch exists: halve it until only those are left out.
    const half = Math.ceil(batch.length / 2);
    const first = await this.#addBatch(shard, batch.slice(0, half), dueAt);
    return first + (await this.#addBatch(shard, batch.slice(half), dueAt));
  }

  /**
   * Adds all of at most `MAX_ADDED` new recipients, or none. One request.
   * @returns false if one of them exists.
   */
  async addAtOnce(shard: Shard, people: readonly Recipient[], dueAt: DueAt): Promise<boolean> {
    const [first] = people;
    if (!first) return true;
    const writes = people.flatMap((recipient) => insertion(recipient, { kind: 'waiting', at: dueAt(recipient) }));
    // The name is unique: a recipient is added once only.
    const count = changeRow(`${first.recipientId}|added`, sumOf(people.map(tallyOf)));
    return this.#commit(shard, [...writes, ...count]);
  }

  async find(place: Place): Promise<StoredRecipient | undefined> {
    const row = await this.#tables.get(SHARDS_TABLE, partitionOf(place), recipientKey(place.recipientId));
    return this.#hints.read(nameOf(place), row && { recipient: fromColumns(Recipient, row.columns), etag: row.etag });
  }

  /** The recipient as this instance knows them, without a request. Use it only for a write that checks its ETag. */
  hint(place: Place): StoredRecipient | undefined {
    return this.#hints.get(nameOf(place));
  }

  /** The recipient like `hint`, after this instance's own write of them, if one is under way. */
  async latestHint(place: Place): Promise<StoredRecipient | undefined> {
    await this.#hints.settled(nameOf(place));
    return this.hint(place);
  }

  /** The first due rows of a kind in order of time, including those whose time has not come yet. */
  async due(shard: Shard, kind: Due['kind'], limit: number): Promise<DueRow[]> {
    const range = startingWith(`due|${kind}|`);
    return (await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, limit)).map(toDueRow);
  }

  /**
   * Begins an attempt: gives a waiting recipient a line until `leaseUntil`. One request, which does not read the
   * recipient. Deleting the due row guards both rows: only one writer can delete it, its key is never used twice, and a
   * recipient stops waiting only in a transaction that deletes it.
   * @returns false if somebody else was first.
   */
  async dispatch(ref: AttemptRef, from: DueRow, line: HeldLine, leaseUntil: Date): Promise<boolean> {
    const dueRow = dueKey({ kind: 'leased', at: leaseUntil }, ref.recipientId);
    const columns = toColumns({ ...dispatchedColumns(ref.attempt, line, leaseUntil), dueRow });
    return this.#commit(ref, [
      { kind: 'merge', rowKey: recipientKey(ref.recipientId), columns, etag: ANY },
      { kind: 'delete', rowKey: from.rowKey },
      dueInsertion(dueRow, { ...ref, holder: line.holder }),
    ]);
  }

  /**
   * True if every recipient of the shard has an outcome. Reads both kinds of due row in one request, so nobody can move
   * from one kind to the other in between.
   */
  async isDone(shard: Shard): Promise<boolean> {
    return (await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith('due|'), 1)).length === 0;
  }

  /** True if nobody is on the list of the shard. One request. */
  async isEmpty(shard: Shard): Promise<boolean> {
    return (await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith(recipientKey('')), 1)).length === 0;
  }

  /**
   * Writes a recipient's change, moves the due row, counts the change and lists the attempt if it ended. One request.
   * @returns the recipient after the change; undefined if somebody else changed it first.
   */
  save(place: Place, before: StoredRecipient, moved: Moved): Promise<StoredRecipient | undefined> {
    return this.#hints.writing(nameOf(place), () => this.#save(place, before, moved));
  }

  async #save(place: Place, before: StoredRecipient, moved: Moved): Promise<StoredRecipient | undefined> {
    const { after, writes, counted } = changeOf(before, moved);
    writes.push(...changeRow(changeOfVersion(before), counted));
    const etags = await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(place), writes);
    return etags && this.#hints.wrote(nameOf(place), { recipient: after, etag: etags[0] ?? '' });
  }

  /**
   * Gives many waiting recipients of a shard their outcome, 49 in a request. Skips those that somebody else changed
   * first.
   */
  async endAll(shard: Shard, changes: readonly Change[]): Promise<void> {
    for (let start = 0; start < changes.length; start += MAX_ENDED) {
      await this.#endBatch(shard, changes.slice(start, start + MAX_ENDED));
    }
  }

  async #endBatch(shard: Shard, batch: readonly Change[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    const written = batch.map(({ before, moved }) => changeOf(before, moved));
    const counted = sumOf(written.flatMap((each) => each.counted ?? []));
    const count = changeRow(changeOfVersion(first.before), counted);
    if (await this.#commit(shard, [...written.flatMap(({ writes }) => writes), ...count])) return;
    for (const { before, moved } of batch) {
      await this.save({ ...shard, recipientId: before.recipient.recipientId }, before, moved);
    }
  }

  /**
   * Recipients of a shard in order of id, beginning after this id ('' for the start). One request for each thousand.
   */
  async page(shard: Shard, after: string, limit: number): Promise<Page> {
    const range = { ...startingWith(recipientKey('')), from: afterKey(recipientKey(after)) };
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, limit);
    const people = readable(SHARDS_TABLE, partitionOf(shard), rows, ({ columns, etag }) => ({
      recipient: fromColumns(Recipient, columns),
      etag,
    }));
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { people, next: last && idIn(last) };
  }

  /**
   * Which of these recipients are in the shard. One request for each thousand between the first and the last.
   * @param recipientIds in order.
   */
  async present(shard: Shard, recipientIds: readonly string[]): Promise<ReadonlySet<string>> {
    const range = {
      from: recipientKey(recipientIds[0] ?? ''),
      to: afterKey(recipientKey(recipientIds.at(-1) ?? '')),
    };
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, Number.POSITIVE_INFINITY);
    return new Set(rows.map(idIn));
  }

  /** The ids of all recipients of a shard. One request for each thousand. */
  async ids(shard: Shard): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const row of this.#scan(shard)) ids.add(idIn(row));
    return ids;
  }

  /** All recipients of a shard, for reports. */
  async *all(shard: Shard): AsyncIterable<Recipient> {
    for await (const row of this.#scan(shard)) {
      yield* readable(SHARDS_TABLE, partitionOf(shard), [row], ({ columns }) => fromColumns(Recipient, columns));
    }
  }

  #scan(shard: Shard) {
    return this.#tables.scan(SHARDS_TABLE, partitionOf(shard), startingWith(recipientKey('')));
  }

  async #commit(shard: Shard, writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(shard), writes)) !== undefined;
  }
}
