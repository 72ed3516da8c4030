import { eachOf } from '../base/each-of.ts';
import { NotFoundError, StorageError } from '../base/errors.ts';
import { isOver } from '../rules/outages/lifecycle.ts';
import { Outage } from '../rules/outages/outage.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { readable } from './set-aside.ts';
import { type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** An outage as read, with the ETag that a change needs. */
export type StoredOutage = { readonly outage: Outage; readonly etag: string };

/**
 * How long a cached outage is good enough, ms: two ticks of the timer. Every event of every call needs its outage,
 * which seldom changes.
 */
const CACHE_MS = 20_000;

/**
 * The outages, in one partition: one row each, and a second row for each outage that is not over, so that the timer
 * does not read those that are.
 */
export class Outages {
  readonly #tables: TableStore;
  readonly #now: () => Date;
  readonly #cache = new Map<string, StoredOutage & { until: number }>();

  constructor(tables: TableStore, now: () => Date) {
    this.#tables = tables;
    this.#now = now;
  }

  /** Adds the outage, or returns the one that has this id. */
  async add(outage: Outage): Promise<{ outage: Outage; isNew: boolean }> {
    const isNew = (await tryCommit(this.#tables, TABLE, PARTITION, insertion(outage))) !== undefined;
    return isNew ? { outage, isNew } : { outage: (await this.read(outage.id)).outage, isNew };
  }

  /** Reads the outage, for a caller who named it. @throws NotFoundError */
  async read(id: string): Promise<StoredOutage> {
    const stored = await this.find(id);
    if (!stored) throw new NotFoundError(`There is no outage ${id}`);
    return stored;
  }

  /** Reads the outage, which must exist because work for it is under way. @throws StorageError if it does not. */
  async current(id: string): Promise<Outage> {
    const stored = await this.find(id);
    if (!stored) throw new StorageError(`Outage ${id} no longer exists`);
    return stored.outage;
  }

  /**
   * The outage as it was at most twenty seconds ago: no request if it was read since then.
   * @throws StorageError if it does not exist.
   */
  async recent(id: string): Promise<Outage> {
    const cached = this.#cache.get(id);
    return cached && cached.until > this.#now().getTime() ? cached.outage : this.current(id);
  }

  /** Reads the outage; undefined if it does not exist. */
  async find(id: string): Promise<StoredOutage | undefined> {
    const until = this.#now().getTime() + CACHE_MS;
    const row = await this.#tables.get(TABLE, PARTITION, outageKey(id));
    return row && this.#read(row, until);
  }

  /** @param until until when the cache may give this row, ms since the epoch; decided before the row was asked for. */
  #read({ columns, etag }: StoredRow, until: number): StoredOutage {
    const id = String(columns['id']);
    const known = this.#cache.get(id);
    const outage = known?.etag === etag ? known.outage : fromColumns(Outage, columns);
    this.#cache.set(id, { outage, etag, until });
    return { outage, etag };
  }

  /** The outages that are not over and can be read. One request for each thousand, and one for each outage. */
  async open(): Promise<StoredOutage[]> {
    const markers = await this.#tables.query(TABLE, PARTITION, startingWith(OPEN), Number.POSITIVE_INFINITY);
    const until = this.#now().getTime() + CACHE_MS;
    const rows = new Map<string, StoredRow>();
    await eachOf(markers.values(), AT_ONCE, async ({ rowKey }) => {
      const row = await this.#tables.get(TABLE, PARTITION, outageKey(rowKey.slice(OPEN.length)));
      if (row) rows.set(rowKey, row);
    });
    const found = markers.flatMap(({ rowKey }) => rows.get(rowKey) ?? []);
    // An outage may have ended since its marker was read.
    return readable(TABLE, PARTITION, found, (row) => this.#read(row, until)).filter(({ outage }) => !isOver(outage));
  }

  /** All outages. One request for each thousand. */
  async list(): Promise<Outage[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(outageKey('')), Number.POSITIVE_INFINITY);
    return readable(TABLE, PARTITION, rows, ({ columns }) => fromColumns(Outage, columns));
  }

  /**
   * Writes a change of an outage.
   * @param beside a new outage to insert in the same transaction.
   * @returns the outage after the change; undefined if somebody else changed it first.
   */
  async save(before: StoredOutage, outage: Outage, beside?: Outage): Promise<StoredOutage | undefined> {
    const closes = !isOver(before.outage) && isOver(outage);
    const marker: Write[] = closes ? [{ kind: 'delete', rowKey: `${OPEN}${outage.id}` }] : markerOf(outage);
    const etags = await tryCommit(this.#tables, TABLE, PARTITION, [
      { kind: 'merge', rowKey: outageKey(outage.id), columns: changed(before.outage, outage), etag: before.etag },
      ...marker,
      ...(beside ? insertion(beside) : []),
    ]);
    if (!etags) return undefined;
    this.#cache.delete(outage.id);
    return { outage, etag: etags[0] ?? '' };
  }
}

const TABLE = 'Outages';
const PARTITION = 'outage';
const OPEN = 'open|';
/** Outages that are read at once. */
const AT_ONCE = 64;
const outageKey = (id: string): string => `outage|${id}`;

const insertion = (outage: Outage): Write[] => [
  { kind: 'insert', rowKey: outageKey(outage.id), columns: newColumns(outage) },
  ...markerOf(outage),
];

const markerOf = (outage: Outage): Write[] =>
  isOver(outage) ? [] : [{ kind: 'upsert', rowKey: `${OPEN}${outage.id}`, columns: { state: outage.state } }];
