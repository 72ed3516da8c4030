import type { NumberId } from '../rules/calls/ids.ts';
import { MATTERS_MS, NumberCalls } from '../rules/number-limits.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import { NUMBERS_PARTITION, OPT_OUTS_TABLE } from './opt-outs.ts';
import { MAX_WRITES, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** The latest calls to a number as read, with the ETag that a change needs. */
export type StoredCalls = { readonly calls: NumberCalls; readonly etag: string };

/** What decides whether a number may be called. */
export type NumberStanding = { readonly isOptedOut: boolean; readonly stored: StoredCalls | undefined };

/**
 * The latest calls to each number: a row next to its opt-out, so that one request reads both. Not in the opt-out’s own row,
 * because an instance of an earlier version takes any such row for an opt-out (docs/adr/0034-limits-per-number.md).
 */
export class Numbers {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** One request. */
  async standing(number: NumberId): Promise<NumberStanding> {
    const rows = await this.#tables.query(OPT_OUTS_TABLE, NUMBERS_PARTITION, startingWith(number), 2);
    const row = rows.find(({ rowKey }) => rowKey === callsKey(number));
    return {
      isOptedOut: rows.some(({ rowKey }) => rowKey === number),
      stored: row && { calls: fromColumns(NumberCalls, row.columns), etag: row.etag },
    };
  }

  /**
   * Writes the calls to a number. One request.
   * @returns false if somebody else did since they were read.
   */
  async save(number: NumberId, before: StoredCalls | undefined, calls: NumberCalls): Promise<boolean> {
    const rowKey = callsKey(number);
    const write: Write = before
      ? { kind: 'merge', rowKey, columns: changed(before.calls, calls), etag: before.etag }
      : { kind: 'insert', rowKey, columns: newColumns(calls) };
    return (await tryCommit(this.#tables, OPT_OUTS_TABLE, NUMBERS_PARTITION, [write])) !== undefined;
  }

  /** When a number was called. One request. */
  async callsTo(number: NumberId): Promise<NumberCalls | undefined> {
    return (await this.standing(number)).stored?.calls;
  }

  /** Forgets the calls to a number. One request. */
  async forget(number: NumberId): Promise<void> {
    await this.#delete([callsKey(number)]);
  }

  /**
   * Forgets the calls that hold nobody back any more. One request for each thousand numbers, and one for each hundred that
   * are forgotten.
   * @param most stop after this many.
   */
  async forgetOld(now: Date, most: number): Promise<void> {
    const before = new Date(now.getTime() - MATTERS_MS).toISOString();
    const old: string[] = [];
    for await (const { rowKey, columns } of this.#tables.scan(OPT_OUTS_TABLE, NUMBERS_PARTITION, startingWith(''))) {
      if (old.length >= most) break;
      if (isCallsKey(rowKey) && String(columns['at']) < before) old.push(rowKey);
    }
    for (let start = 0; start < old.length; start += MAX_WRITES)
      await this.#delete(old.slice(start, start + MAX_WRITES));
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const writes = keys.map((rowKey) => ({ kind: 'delete' as const, rowKey }));
    await tryCommit(this.#tables, OPT_OUTS_TABLE, NUMBERS_PARTITION, writes);
  }
}

const CALLS = '|calls';
const callsKey = (number: NumberId): string => `${number}${CALLS}`;

/** True for a row that is no opt-out. */
const isCallsKey = (rowKey: string): boolean => rowKey.endsWith(CALLS);
