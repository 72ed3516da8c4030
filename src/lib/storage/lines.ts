import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { fromColumns, toColumns } from './columns.ts';
import { startingWith, type TableStore } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

const LineColumns = z.object({
  number: z.string(),
  index: z.number().int(),
  /**
   * The attempt or request that holds the line; empty if none does. Also used to count the lines that an outage holds.
   */
  holder: z.string(),
  /** UTC. A line is free when its lease has ended, even if it has a holder. */
  leaseUntil: z.string(),
});

/** One line of a caller number, as read: it can carry one call at a time. */
export type Line = z.infer<typeof LineColumns> & { readonly lineId: string; readonly etag: string };

/** The lines of all caller numbers: one row each, in one small partition, leased by writes that check the ETag. */
export class Lines {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** All lines. One request. */
  async list(): Promise<Line[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith('line|'), MAX_LINES);
    return rows.map(({ rowKey, etag, columns }) => ({ ...fromColumns(LineColumns, columns), lineId: rowKey, etag }));
  }

  /** Inserts the missing lines of these numbers. */
  async ensure(callers: readonly Caller[], existing: readonly Line[]): Promise<void> {
    const known = new Set(existing.map(({ lineId }) => lineId));
    for (const { number, lines } of callers) {
      for (let index = 0; index < lines; index++) {
        if (!known.has(lineIdOf(number, index))) await this.#make(number, index);
      }
    }
  }

  async #make(number: string, index: number): Promise<void> {
    const columns = toColumns({ number, index, holder: '', leaseUntil: NEVER });
    await tryCommit(this.#tables, TABLE, PARTITION, [{ kind: 'insert', rowKey: lineIdOf(number, index), columns }]);
  }

  /** Leases a line, passes it on or extends its lease. @returns undefined if the line has changed since it was read. */
  async lease(line: HeldLine, holder: string, until: Date): Promise<HeldLine | undefined> {
    const index = Number(line.lineId.split('|')[2]);
    const columns = toColumns({ number: line.number, index, holder, leaseUntil: until.toISOString() });
    const [etag] =
      (await tryCommit(this.#tables, TABLE, PARTITION, [
        { kind: 'replace', rowKey: line.lineId, columns, etag: line.etag },
      ])) ?? [];
    return etag ? { lineId: line.lineId, number: line.number, etag } : undefined;
  }

  /**
   * Extends the lease for its holder. Works with an outdated ETag too, which a crash between writing the line's row and
   * the holder's row leaves behind.
   * @returns undefined if the line has another holder.
   */
  async hold(line: HeldLine, holder: string, until: Date): Promise<HeldLine | undefined> {
    const held = await this.lease(line, holder, until);
    if (held) return held;
    const row = await this.#tables.get(TABLE, PARTITION, line.lineId);
    const isMine = row && fromColumns(LineColumns, row.columns).holder === holder;
    return isMine ? this.lease({ ...line, etag: row.etag }, holder, until) : undefined;
  }

  /**
   * Frees the line from this time on: later than now if the service asked to wait. Does nothing if the line has
   * changed.
   */
  async free(line: HeldLine, from: Date): Promise<void> {
    await this.lease(line, '', from);
  }
}

export const isFree = (line: Line, now: Date): boolean => new Date(line.leaseUntil) <= now;

/** The lines that these callers may use. Another outage may have inserted more lines for the same number. */
export function linesOf(callers: readonly Caller[], lines: readonly Line[]): Line[] {
  const allowed = new Map(callers.map((caller) => [caller.number, caller.lines]));
  return lines.filter((line) => line.index < (allowed.get(line.number) ?? 0));
}

const TABLE = 'Lines';
const PARTITION = 'lines';
const MAX_LINES = 10_000;
const NEVER = new Date(0).toISOString();

/** Holds a digest, so that keys in URLs and error messages do not show the number. */
const lineIdOf = (number: string, index: number): string =>
  `line|${createHash('sha256').update(number).digest('hex').slice(0, 12)}|${index}`;
