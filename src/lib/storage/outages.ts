import { ConflictError, NotFoundError } from '../errors.ts';
import { Outage } from '../outages/outage.ts';
import { fromColumns, toColumns } from './columns.ts';
import { startingWith, type TableStore } from './table-store.ts';

export type StoredOutage = { readonly outage: Outage; readonly etag: string };

/** An outage changes seldom and is needed with every event of every call: a copy this old (ms) is good enough. */
const CACHE_MS = 5_000;

/** The outages, in one partition, a row each. */
export class Outages {
  readonly #tables: TableStore;
  readonly #now: () => Date;
  readonly #cache = new Map<string, { outage: Outage; until: number }>();

  constructor(tables: TableStore, now: () => Date) {
    this.#tables = tables;
    this.#now = now;
  }

  /** Adds the outage, or gives the one that has its id already. */
  async add(outage: Outage): Promise<{ outage: Outage; isNew: boolean }> {
    try {
      await this.#tables.commit(TABLE, PARTITION, [{ kind: 'insert', rowKey: outage.id, columns: toColumns(outage) }]);
      return { outage, isNew: true };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return { outage: (await this.read(outage.id)).outage, isNew: false };
    }
  }

  /** The outage as it is now. @throws NotFoundError */
  async read(id: string): Promise<StoredOutage> {
    const row = await this.#tables.get(TABLE, PARTITION, id);
    if (!row) throw new NotFoundError(`There is no outage ${id}`);
    return { outage: fromColumns(Outage, row.columns), etag: row.etag };
  }

  /** The outage as it was at most five seconds ago. @throws NotFoundError */
  async recent(id: string): Promise<Outage> {
    const now = this.#now().getTime();
    const cached = this.#cache.get(id);
    if (cached && cached.until > now) return cached.outage;
    const { outage } = await this.read(id);
    this.#cache.set(id, { outage, until: now + CACHE_MS });
    return outage;
  }

  async list(): Promise<StoredOutage[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(''), MAX_OUTAGES);
    return rows.map((row) => ({ outage: fromColumns(Outage, row.columns), etag: row.etag }));
  }

  /** @returns the outage as it is now; undefined if somebody else changed it first. */
  async save(before: StoredOutage, outage: Outage): Promise<StoredOutage | undefined> {
    try {
      const [etag] = await this.#tables.commit(TABLE, PARTITION, [
        { kind: 'replace', rowKey: outage.id, columns: toColumns(outage), etag: before.etag },
      ]);
      this.#cache.delete(outage.id);
      return { outage, etag: etag ?? '' };
    } catch (error) {
      if (error instanceof ConflictError) return undefined;
      throw error;
    }
  }
}

const TABLE = 'Outages';
const PARTITION = 'outage';
const MAX_OUTAGES = 10_000;
