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
  /** Who has the line, for people who read the table, and for counting what an outage holds. Empty: nobody. */
  holder: z.string(),
  /** UTC; a line whose lease has ended is free, whoever holds it. */
  leaseUntil: z.string(),
});

/** One slot of concurrency of a caller number, as read. */
export type Line = z.infer<typeof LineColumns> & { readonly lineId: string; readonly etag: string };

/** The lines of all caller numbers, in one small partition: a row each, leased by conditional writes. */
export class Lines {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** Every line there is. One request. */
  async list(): Promise<Line[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith('line|'), MAX_LINES);
    return rows.map(({ rowKey, etag, columns }) => ({ ...fromColumns(LineColumns, columns), lineId: rowKey, etag }));
  }

  /** Makes rows for the lines of these numbers that have none yet. */
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

  /** Leases the line, or passes it on, or lengthens the lease. Undefined if it has changed hands since it was read. */
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
   * Lengthens the lease for whoever holds the line, even where its ETag has moved on without their knowing: a crash between
   * the line's row and their own. Undefined if it has changed hands.
   */
  async hold(line: HeldLine, holder: string, until: Date): Promise<HeldLine | undefined> {
    const held = await this.lease(line, holder, until);
    if (held) return held;
    const row = await this.#tables.get(TABLE, PARTITION, line.lineId);
    const isMine = row && fromColumns(LineColumns, row.columns).holder === holder;
    return isMine ? this.lease({ ...line, etag: row.etag }, holder, until) : undefined;
  }

  /** Frees the line, now or, where the service asked for patience, later. No harm if it has changed hands. */
  async free(line: HeldLine, from: Date): Promise<void> {
    await this.lease(line, '', from);
  }
}

export const isFree = (line: Line, now: Date): boolean => new Date(line.leaseUntil) <= now;

/** The lines that these numbers may use: another outage may have made more of them. */
export function linesOf(callers: readonly Caller[], lines: readonly Line[]): Line[] {
  const allowed = new Map(callers.map((caller) => [caller.number, caller.lines]));
  return lines.filter((line) => line.index < (allowed.get(line.number) ?? 0));
}

const TABLE = 'Lines';
const PARTITION = 'lines';
const MAX_LINES = 10_000;
const NEVER = new Date(0).toISOString();

/** A digest, so that keys in URLs and error messages do not show the number. */
const lineIdOf = (number: string, index: number): string =>
  `line|${createHash('sha256').update(number).digest('hex').slice(0, 12)}|${index}`;
