import type { z } from 'zod';
import type { Shard } from '../rules/outages/shard.ts';
import { addedMinutes, MinuteCount, minuteOf, NOTHING, sumOf, Tally } from '../rules/outages/tally.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { afterKey } from './recipient-rows.ts';
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
 * are exact at any moment. Where another version wrote a sum that this one cannot read, a second row takes what is
 * added meanwhile, and whoever reads the counts adds both.
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
   * transaction, so that each is added once. A row that cannot be read stays as it is and stops no other.
   * @returns true if there may be more changes.
   */
  async fold(shard: Shard): Promise<boolean> {
    const { sums, changes } = await this.#unfolded(shard);
    if (changes.length === 0) return false;
    const { minutes, ...change } = tallyIn(changes);
    const etags = await tryCommit(this.#tables, SHARDS_TABLE, partitionOf(shard), [
      addition(SUMS, sums, Tally, (before) => {
        const { minutes: _, ...sum } = sumOf([before ?? NOTHING, { ...change, minutes: {} }]);
        return sum;
      }),
      ...(await this.#additions(shard, minutes)),
      ...changes.map(({ rowKey }): Write => ({ kind: 'delete', rowKey })),
    ]);
    return etags !== undefined && changes.length === FOLDED;
  }

  /** The sums, and the first changes that can be read. One request, and one for each fifty that cannot. */
  async #unfolded(shard: Shard): Promise<{ sums: StoredRow[]; changes: StoredRow[] }> {
    const { from, to } = startingWith(COUNT);
    const limit = FOLDED + 2;
    const [sums, changes]: [StoredRow[], StoredRow[]] = [[], []];
    let rows: StoredRow[] = [];
    do {
      const next = rows.at(-1);
      const range = { from: next ? afterKey(next.rowKey) : from, to };
      rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), range, limit);
      sums.push(...rows.filter(isSum));
      changes.push(...readable(SHARDS_TABLE, partitionOf(shard), rows.filter(isChange), (row) => countIn(row) && row));
    } while (rows.length === limit && changes.length < FOLDED);
    return { sums, changes: changes.slice(0, FOLDED) };
  }

  async #additions(shard: Shard, touched: Tally['minutes']): Promise<Write[]> {
    const minutes = Object.keys(touched).sort();
    const [first, last] = [minutes[0], minutes.at(-1)];
    if (first === undefined || last === undefined) return [];
    const rows = await this.#read(shard, { from: activityKey(first), to: `${activityKey(last)}~` });
    return minutes.map((minute) =>
      addition(activityKey(minute), rows, MinuteCount, (before = NONE) => {
        const sum = addedMinutes({ [minute]: before }, { [minute]: touched[minute] ?? NONE });
        return sum[minute] ?? NONE;
      }),
    );
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
/** The minute of a row of counts, which may be a second row for it. */
const minuteIn = ({ rowKey }: StoredRow): string => rowKey.split('|')[1] ?? '';
const countIn = ({ columns }: StoredRow): Tally => fromColumns(Tally, columns);

const isCount = ({ rowKey }: StoredRow): boolean => rowKey.startsWith(COUNT);
const isSum = ({ rowKey }: StoredRow): boolean => rowKey === SUMS || rowKey.startsWith(`${SUMS}|`);
const isChange = (row: StoredRow): boolean => isCount(row) && !isSum(row);

function tallyIn(rows: readonly StoredRow[]): Tally {
  const minutes = rows.filter(({ rowKey }) => rowKey.startsWith(ACTIVITY));
  return sumOf([
    ...readable(SHARDS_TABLE, '', rows.filter(isCount), countIn),
    ...readable(SHARDS_TABLE, '', minutes, (row) => ({
      ...NOTHING,
      minutes: { [minuteIn(row)]: fromColumns(MinuteCount, row.columns) },
    })),
  ]);
}

/**
 * Adds to the first row of this name that is missing or can be read: the name itself, or with 2, 3 … after it, because
 * another version may have written one that this version cannot read.
 */
function addition<Schema extends z.ZodType<object>>(
  name: string,
  rows: readonly StoredRow[],
  schema: Schema,
  plus: (before: z.infer<Schema> | undefined) => object,
): Write {
  for (let place = 1; ; place++) {
    const rowKey = place === 1 ? name : `${name}|${place}`;
    const row = rows.find((other) => other.rowKey === rowKey);
    if (!row) return { kind: 'insert', rowKey, columns: newColumns(plus(undefined)) };
    const [before] = readable(SHARDS_TABLE, '', [row], ({ columns }) => fromColumns(schema, columns));
    if (before) return { kind: 'merge', rowKey, columns: changed(before, plus(before)), etag: row.etag };
  }
}
