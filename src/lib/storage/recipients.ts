import type { AttemptRef } from '../rules/calls/purpose.ts';
import { type Due, dispatchedColumns, type Moved } from '../rules/outages/attempts.ts';
import { type HeldLine, Recipient } from '../rules/outages/recipient.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { difference, sumOf, type Tally, tallyOf } from '../rules/outages/tally.ts';
import { fromColumns, toColumns } from './columns.ts';
import { endedRows } from './ended-calls.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { ANY, MAX_WRITES, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { changeRow } from './tallies.ts';
import { tryCommit } from './try-commit.ts';

/** A recipient as read, with what it takes to change it. */
export type StoredRecipient = { readonly recipient: Recipient; readonly etag: string };

/** The row by which a recipient is found when it must be looked at. */
export type DueRow = {
  readonly rowKey: string;
  readonly recipientId: string;
  readonly at: Date;
  /** The attempt so far: the next one is one more. */
  readonly attempt: number;
};

/** A recipient as read, and what is to become of them. */
export type Change = { readonly before: StoredRecipient; readonly moved: Moved };

type Place = Shard & Pick<AttemptRef, 'recipientId'>;

/** Two rows a recipient, and one that counts them: that many new recipients fill an entity-group transaction. */
export const MAX_ADDED = Math.floor((MAX_WRITES - 1) / 2);

/**
 * Recipients and their due rows, in one partition a shard (shard.ts), so that both change in one transaction, and what they
 * count for with them. The two kinds of due row are apart so that a long list of people still to be called cannot hide the
 * leases that have ended.
 */
export class Recipients {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** Adds new recipients, each waiting to be called from its time; those already there are left as they are. All of one shard. */
  async add(shard: Shard, recipients: readonly Recipient[], dueAt: (recipient: Recipient) => Date): Promise<number> {
    let added = 0;
    for (let start = 0; start < recipients.length; start += MAX_ADDED) {
      added += await this.#addBatch(shard, recipients.slice(start, start + MAX_ADDED), dueAt);
    }
    return added;
  }

  async #addBatch(shard: Shard, batch: readonly Recipient[], dueAt: (recipient: Recipient) => Date): Promise<number> {
    if (await this.addAtOnce(shard, batch, dueAt)) return batch.length;
    if (batch.length === 1) return 0;
    // Somebody in the batch is there already: halve it until only they are left out.
    const half = Math.ceil(batch.length / 2);
    const first = await this.#addBatch(shard, batch.slice(0, half), dueAt);
    return first + (await this.#addBatch(shard, batch.slice(half), dueAt));
  }

  /** The same for `MAX_ADDED` people at most, in one request: all of them, or none. @returns false if any of them is there already. */
  async addAtOnce(shard: Shard, people: readonly Recipient[], dueAt: (recipient: Recipient) => Date): Promise<boolean> {
    const [first] = people;
    if (!first) return true;
    const writes = people.flatMap((recipient) =>
      insertion({ recipient, due: { kind: 'waiting', at: dueAt(recipient) } }),
    );
    // Whoever is added first in a batch is so only once.
    const count = changeRow(`${first.recipientId}|added`, sumOf(people.map(tallyOf)));
    return this.#commit(shard, [...writes, ...count]);
  }

  async find(place: Place): Promise<StoredRecipient | undefined> {
    const row = await this.#tables.get(SHARDS_TABLE, partitionOf(place), recipientKey(place.recipientId));
    return row && { recipient: fromColumns(Recipient, row.columns), etag: row.etag };
  }

  /** The first due rows of a kind, in order of time, whether or not their time has come. */
  async due(shard: Shard, kind: Due['kind'], limit: number): Promise<DueRow[]> {
    const range = startingWith(`due|${kind}|`);
    return (await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, limit)).map(toDueRow);
  }

  /**
   * Gives a waiting recipient a line: the attempt begins and its lease runs until then. One request, without reading the
   * recipient: its due row is never written twice under one key, and never moved without it, so that removing the row,
   * which only one can do, guards both.
   * @returns false if somebody else was first.
   */
  async dispatch(ref: AttemptRef, from: DueRow, line: HeldLine, leaseUntil: Date): Promise<boolean> {
    const dueRow = dueKey({ kind: 'leased', at: leaseUntil }, ref.recipientId);
    return this.#commit(ref, [
      {
        kind: 'merge',
        rowKey: recipientKey(ref.recipientId),
        columns: toColumns({ ...dispatchedColumns(ref.attempt, line, leaseUntil), dueRow }),
        etag: ANY,
      },
      { kind: 'delete', rowKey: from.rowKey },
      { kind: 'insert', rowKey: dueRow, columns: dueColumns(ref.recipientId, ref.attempt) },
    ]);
  }

  /**
   * True if nobody of the shard waits to be called or is being called: everybody has an outcome. One look at both kinds of
   * due row, so that nobody can move from the one to the other between two.
   */
  async isDone(shard: Shard): Promise<boolean> {
    return (await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith('due|'), 1)).length === 0;
  }

  /**
   * Writes a recipient's change, moves its due row, counts what has changed and lists the attempt that ended, in one request.
   * @returns the recipient as it is now; undefined if somebody else changed it first.
   */
  async save(place: Place, before: StoredRecipient, moved: Moved): Promise<StoredRecipient | undefined> {
    const { after, writes, counted } = changeOf(before, moved);
    writes.push(...changeRow(standingOf(after), counted));
    const etags = await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(place), writes);
    return etags && { recipient: after, etag: etags[0] ?? '' };
  }

  /**
   * Gives many recipients of one shard, who wait, their outcome: 49 in a request. Who was changed by somebody else first
   * is left as they are.
   */
  async endAll(shard: Shard, changes: readonly Change[]): Promise<void> {
    for (let start = 0; start < changes.length; start += MAX_CHANGED) {
      await this.#endBatch(shard, changes.slice(start, start + MAX_CHANGED));
    }
  }

  async #endBatch(shard: Shard, batch: readonly Change[]): Promise<void> {
    const written = batch.map(({ before, moved }) => changeOf(before, moved));
    const [first] = written;
    const counted = sumOf(written.flatMap((each) => each.counted ?? []));
    const writes = written.flatMap((each) => each.writes);
    // Named for the first: nobody else's change ever has that name.
    if (first && (await this.#commit(shard, [...writes, ...changeRow(standingOf(first.after), counted)]))) {
      return;
    }
    for (const { before, moved } of batch) {
      await this.save({ ...shard, recipientId: before.recipient.recipientId }, before, moved);
    }
  }

  /** The people of a shard in order of id, those after this one; '' for the first. A request for each thousand. */
  async page(shard: Shard, after: string, limit: number): Promise<StoredRecipient[]> {
    const range = { ...startingWith('recipient|'), from: `${recipientKey(after)}${NEXT}` };
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, limit);
    return rows.map(({ columns, etag }) => ({ recipient: fromColumns(Recipient, columns), etag }));
  }

  /** Which of these people of a shard, in order of id, are on the outage's list. A request for each thousand between the first and the last. */
  async present(shard: Shard, recipientIds: readonly string[]): Promise<ReadonlySet<string>> {
    const range = {
      from: recipientKey(recipientIds[0] ?? ''),
      to: `${recipientKey(recipientIds.at(-1) ?? '')}${NEXT}`,
    };
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, Number.POSITIVE_INFINITY);
    return new Set(rows.map(({ rowKey }) => rowKey.slice(recipientKey('').length)));
  }

  /** The ids of everybody of a shard. A request for each thousand. */
  async ids(shard: Shard): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const rows = this.#tables.scan(SHARDS_TABLE, partitionOf(shard), startingWith(recipientKey('')));
    for await (const { rowKey } of rows) ids.add(rowKey.slice(recipientKey('').length));
    return ids;
  }

  /** Everybody of a shard, for reports. */
  async *all(shard: Shard): AsyncIterable<Recipient> {
    const rows = this.#tables.scan(SHARDS_TABLE, partitionOf(shard), startingWith('recipient|'));
    for await (const row of rows) yield fromColumns(Recipient, row.columns);
  }

  async #commit(shard: Shard, writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(shard), writes)) !== undefined;
  }
}

const recipientKey = (recipientId: string): string => `recipient|${recipientId}`;
const dueKey = ({ kind, at }: Due, recipientId: string): string => `due|${kind}|${at.toISOString()}|${recipientId}`;
/** Sorts before everything that an id can go on with: what follows a key. */
const NEXT = '!';
const dueColumns = (recipientId: string, attempt: number) => ({ recipientId, attempt });

/** Where somebody stands, for good: results are only ever added and bettered, so that they never stand there again. */
const standingOf = ({ recipientId, results, outcome }: Recipient): string =>
  `${recipientId}|${results.map((result) => `${result.attempt}.${result.outcome}`).join('+')}|${outcome ?? ''}`;

function insertion({ recipient, due }: { recipient: Recipient; due: Due }): Write[] {
  const { recipientId } = recipient;
  const dueRow = dueKey(due, recipientId);
  return [
    { kind: 'insert', rowKey: recipientKey(recipientId), columns: toColumns({ ...recipient, dueRow }) },
    { kind: 'insert', rowKey: dueRow, columns: dueColumns(recipientId, recipient.attempt) },
  ];
}

/** Of each the recipient and the due row that goes, and one row that counts them all. */
const MAX_CHANGED = Math.floor((MAX_WRITES - 1) / 2);

/** What a recipient's change writes, and what it adds to the count. */
function changeOf(
  before: StoredRecipient,
  { recipient, due }: Moved,
): { after: Recipient; writes: Write[]; counted: Tally | undefined } {
  const { recipientId } = recipient;
  const oldKey = before.recipient.dueRow;
  const newKey = due === 'unchanged' ? oldKey : due === 'none' ? undefined : dueKey(due, recipientId);
  const after = { ...recipient, dueRow: newKey };
  const writes: Write[] = [
    { kind: 'replace', rowKey: recipientKey(recipientId), columns: toColumns(after), etag: before.etag },
  ];
  if (oldKey !== newKey) {
    if (oldKey) writes.push({ kind: 'delete', rowKey: oldKey });
    if (newKey) writes.push({ kind: 'insert', rowKey: newKey, columns: dueColumns(recipientId, after.attempt) });
  }
  writes.push(...endedRows(before.recipient, after));
  return { after, writes, counted: difference(tallyOf(before.recipient), tallyOf(after)) };
}

function toDueRow({ rowKey, columns }: StoredRow): DueRow {
  const [, , at = '', recipientId = ''] = rowKey.split('|');
  return { rowKey, recipientId, at: new Date(at), attempt: Number(columns['attempt']) };
}
