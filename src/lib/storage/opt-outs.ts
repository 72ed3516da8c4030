import { z } from 'zod';
import { PhoneNumber } from '../call-automation/identifiers.ts';
import { NumberId } from '../rules/calls/ids.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { startingWith, type TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** When the person opted out, and the outage in whose call; no outage if it was entered by hand. */
const OptOut = z.object({
  at: z.string(),
  outageId: z.string().optional(),
  /** Kept so that the list can be handed on. Absent in rows of earlier versions, for ACS users and once it is erased. */
  number: PhoneNumber.optional(),
});
export type OptOut = z.infer<typeof OptOut>;

/** Numbers that no outage may call again, by their id. */
export class OptOuts {
  readonly #tables: TableStore;
  readonly #fromPlain: (digest: string) => NumberId;
  #isConverted = false;

  /** @param fromPlain the id of a number from the digest by which earlier versions kept it. */
  constructor(tables: TableStore, fromPlain: (digest: string) => NumberId) {
    this.#tables = tables;
    this.#fromPlain = fromPlain;
  }

  async find(number: NumberId): Promise<OptOut | undefined> {
    const row = await this.#tables.get(TABLE, PARTITION, number);
    return row && fromColumns(OptOut, row.columns);
  }

  /** The ids of all numbers that opted out. One request for each thousand rows, those of calls included. */
  async ids(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    // Next to them are the calls to numbers: numbers.ts.
    for await (const { rowKey } of this.#tables.scan(TABLE, PARTITION, startingWith(''))) {
      if (NumberId.safeParse(rowKey).success) ids.add(rowKey);
    }
    return ids;
  }

  async has(number: NumberId): Promise<boolean> {
    return (await this.#tables.get(TABLE, PARTITION, number)) !== undefined;
  }

  /** Adds an opt-out. Does not change one that exists. */
  async add(id: NumberId, { at, ...because }: Omit<OptOut, 'at'> & { at: Date }): Promise<void> {
    const columns = newColumns({ ...because, at: at.toISOString() } satisfies OptOut);
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'insert', rowKey: id, columns }]);
  }

  /** Removes an opt-out, if there is one. */
  async remove(number: NumberId): Promise<void> {
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'delete', rowKey: number }]);
  }

  /** Forgets the number of an opt-out, and keeps the opt-out. @returns false if there is none. */
  async dropNumber(number: NumberId): Promise<boolean> {
    const row = await this.#tables.get(TABLE, PARTITION, number);
    if (!row) return false;
    const before = fromColumns(OptOut, row.columns);
    if (before.number === undefined) return true;
    const columns = changed(before, { ...before, number: undefined });
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'merge', rowKey: number, columns, etag: row.etag }]);
    return true;
  }

  /**
   * Converts the rows of earlier versions, which are kept by a plain digest, and deletes them. One request for each
   * process, and two for each row. The new row is written first: no opt-out is lost in between.
   */
  async convert(): Promise<void> {
    if (this.#isConverted) return;
    const rows = await this.#tables.query(TABLE, PLAIN_PARTITION, startingWith(''), Number.POSITIVE_INFINITY);
    for (const { rowKey, columns } of rows) {
      const converted = { kind: 'insert' as const, rowKey: this.#fromPlain(rowKey), columns };
      await tryCommit(this.#tables, TABLE, PARTITION, [converted]);
      await tryCommit(this.#tables, TABLE, PLAIN_PARTITION, [{ kind: 'delete', rowKey }]);
    }
    this.#isConverted = true;
  }
}

export const OPT_OUTS_TABLE = 'OptOuts';
export const NUMBERS_PARTITION = 'numbers';
const [TABLE, PARTITION] = [OPT_OUTS_TABLE, NUMBERS_PARTITION] as const;
const PLAIN_PARTITION = 'opt-outs';
