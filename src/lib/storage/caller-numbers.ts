import { createHash } from 'node:crypto';
import { CallerNumber } from '../rules/calls/breaker.ts';
import { changed, fromColumns, newColumns } from './columns.ts';
import type { StoredRow, TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

/** What is known about a caller number, with the ETag that a change needs; without one, it has no row yet. */
export type StoredCaller = {
  readonly caller: CallerNumber;
  /** The row as read, if `caller` knows more: that somebody was reached since is on the lines (`Lines.survey`). */
  readonly row?: CallerNumber | undefined;
  readonly etag?: string | undefined;
};

/**
 * What is known about the caller numbers: one row each, in the partition of their lines, so that one query reads both
 * (`Lines.survey`). A number whose calls do not fail has no row.
 */
export class CallerNumbers {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** One request. */
  async find(number: string): Promise<StoredCaller | undefined> {
    const row = await this.#tables.get(LINES_TABLE, LINES_PARTITION, callerKey(number));
    return row && toCaller(row);
  }

  /** @returns false if the row has changed since it was read. */
  async save(before: StoredCaller, caller: CallerNumber): Promise<boolean> {
    const rowKey = callerKey(caller.number);
    const { etag } = before;
    const saved = await tryCommit(this.#tables, LINES_TABLE, LINES_PARTITION, [
      etag === undefined
        ? { kind: 'insert', rowKey, columns: newColumns(caller) }
        : { kind: 'merge', rowKey, columns: changed(before.row ?? before.caller, caller), etag },
    ]);
    return saved !== undefined;
  }
}

export const LINES_TABLE = 'Lines';
export const LINES_PARTITION = 'lines';
export const CALLER = 'number|';

const callerKey = (number: string): string => `${CALLER}${digestOf(number)}`;

/** In place of the number, so that keys in URLs and error messages do not show it. */
export const digestOf = (number: string): string => createHash('sha256').update(number).digest('hex').slice(0, 12);

export const toCaller = ({ columns, etag }: StoredRow): StoredCaller => ({
  caller: fromColumns(CallerNumber, columns),
  etag,
});
