import type { Shard } from '../rules/outages/shard.ts';
import { addedMinutes, MinuteCount, minuteOf, sumOf, Tally } from '../rules/outages/tally.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { readable } from './set-aside.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { type KeyRange, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** The counts of a shard, all of the same moment: recipients who are neither done nor being called are waiting. */
export type Standing = {
  readonly tally: Tally;
  /** Attempts in progress. */
  readonly calling: number;
};

/**
 * Counts recipients and attempts without reading the list. A transaction that changes what a recipient counts for also
 * inserts the difference, `count|change|<name>`: this costs no request and conflicts with no other writer. The timer
 * folds these rows into the sums, `count|all` and `activity|<minute>`. The sums and the rows that are not folded yet
 * are exact at any moment.
 */
export class Tallies {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /**
   * Reads the counts. One request for each thousand rows (attempts in progress, changes that are not folded yet).
   * @param since reads no minutes before this one.
   */
  async standing(shard: Shard, since: Date): Promise<Standing> {
    const to = startingWith(LEASED).to;
    const rows = await this.#read(shard, { from: activityKey(minuteOf(since.toISOString())), to });
    return { tally: tallyIn(rows), calling: rows.filter(({ rowKey }) => rowKey.startsWith(LEASED)).length };
  }

  /** Every minute of the shard in which an attempt ended. One request for each thousand. */
  async minutes(shard: Shard): Promise<Tally['minutes']> {
    return tallyIn(await this.#read(shard, { from: ACTIVITY, to: startingWith(COUNT).to })).minutes;
  }

  /**
   * Adds the first changes to the sums. Three requests, or one if there are no changes. Deletes the changes in the same
   * transaction, so that each is added once.
   * @returns true if there may be more changes.
   */
  async fold(shard: Shard): Promise<boolean> {
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith(COUNT), FOLDED + 1);
    const known = readable(SHARDS_TABLE, partitionOf(shard), rows, (row) => [row, countIn(row)] as const);
    const changes = known.flatMap(([row]) => (row.rowKey === SUMS ? [] : [row])).slice(0, FOLDED);
    if (changes.length === 0) return false;
    const change = tallyIn(changes);
    const before = rows.find(({ rowKey }) => rowKey === SUMS);
    const { minutes: _, ...sums } = sumOf(before ? [countIn(before), change] : [change]);
    const etags = await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(shard), [
      written(SUMS, before, sums),
      ...(await this.#minutesWith(shard, change.minutes)),
      ...changes.map(({ rowKey }): Write => ({ kind: 'delete', rowKey })),
    ]);
    return etags !== undefined && changes.length === FOLDED;
  }

  async #minutesWith(shard: Shard, touched: Tally['minutes']): Promise<Write[]> {
    const minutes = Object.keys(touched).sort();
    const [first, last] = [minutes[0], minutes.at(-1)];
    if (first === undefined || last === undefined) return [];
    const rows = await this.#read(shard, { from: activityKey(first), to: `${activityKey(last)}~` });
    return minutes.map((minute) => {
      const before = rows.find(({ rowKey }) => rowKey === activityKey(minute));
      const known = before ? { [minute]: fromColumns(MinuteCount, before.columns) } : {};
      const sum = addedMinutes(known, { [minute]: touched[minute] ?? NONE })[minute] ?? NONE;
      return written(activityKey(minute), before, sum);
    });
  }

  async #read(shard: Shard, range: KeyRange): Promise<StoredRow[]> {
    return this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, Number.POSITIVE_INFINITY);
  }
}

/**
 * The row that a transaction inserts to count its change.
 * @param name unique in the shard: made of the recipient and what they changed to.
 */
export const changeRow = (name: string, change: Tally | undefined): Write[] =>
  change ? [{ kind: 'insert', rowKey: `${COUNT}change|${name}`, columns: newColumns(change) }] : [];

const ACTIVITY = 'activity|';
const COUNT = 'count|';
const SUMS = `${COUNT}all`;
const LEASED = 'due|leased|';
const NONE: MinuteCount = { ended: 0, answered: 0 };
/** Changes per transaction. Each takes two rows at most, its own and that of a minute; the sums take one. */
const FOLDED = 49;

const activityKey = (minute: string): string => `${ACTIVITY}${minute}`;
const minuteIn = ({ columns }: StoredRow): MinuteCount => fromColumns(MinuteCount, columns);
const countIn = ({ columns }: StoredRow): Tally => fromColumns(Tally, columns);

function tallyIn(rows: readonly StoredRow[]): Tally {
  const counts = readable(
    SHARDS_TABLE,
    '',
    rows.filter(({ rowKey }) => rowKey.startsWith(COUNT)),
    countIn,
  );
  const minutes = rows
    .filter(({ rowKey }) => rowKey.startsWith(ACTIVITY))
    .map(({ rowKey, columns }) => [rowKey.slice(ACTIVITY.length), fromColumns(MinuteCount, columns)] as const);
  const sum = sumOf(counts);
  return { ...sum, minutes: addedMinutes(sum.minutes, Object.fromEntries(minutes)) };
}

const written = (rowKey: string, before: StoredRow | undefined, value: object): Write =>
  before
    ? {
        kind: 'merge',
        rowKey,
        columns: changed(rowKey === SUMS ? countIn(before) : minuteIn(before), value),
        etag: before.etag,
      }
    : { kind: 'insert', rowKey, columns: newColumns(value) };
