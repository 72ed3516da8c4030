import { z } from 'zod';
import { newCallerNumber, reached } from '../rules/calls/breaker.ts';
import { readHolder } from '../rules/outages/line-holder.ts';
import type { Caller } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { NOTHING_SPENT, type Spent, spentBy, type Use } from '../rules/spending.ts';
import { CALLER, digestOf, LINES_PARTITION, LINES_TABLE, type StoredCaller, toCaller } from './caller-numbers.ts';
import { fromColumns, newColumns, toColumns } from './columns.ts';
import { readable } from './set-aside.ts';
import { MAX_WRITES, type StoredRow, startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

const LineColumns = z.object({
  number: z.string(),
  index: z.number().int(),
  /**
   * Who holds the line (rules/outages/line-holder.ts); empty if nobody does. Also used to count the lines that an outage
   * holds.
   */
  holder: z.string().default(''),
  /** UTC. Without a holder: when the line may be used. With one: when the holder must be looked into. */
  leaseUntil: z.string(),
  /** UTC. When the holder asked for the line. Rows of earlier versions do not say. */
  leasedAt: z.string().optional(),
  /** When the last call on this line was placed that reached somebody. UTC. See rules/calls/breaker.ts. */
  reachedAt: z.string().optional(),
  /** Who gets the line when the call on it ends (rules/outages/fair-share.ts). Kept while the line is free. */
  reservedFor: z.string().optional(),
  /** What it cost on its latest day (rules/spending.ts). */
  spentOn: z.string().default(NOTHING_SPENT.on),
  spentCalls: z.number().int().default(NOTHING_SPENT.calls),
  spentSeconds: z.number().default(NOTHING_SPENT.seconds),
  lastOutageId: z.string().optional(), // that it was leased for last, once it is free
});

/** One line of a caller number, as read: it can carry one call at a time. */
export type Line = Omit<z.infer<typeof LineColumns>, keyof ReturnType<typeof spentColumns>> & {
  readonly lineId: string;
  readonly etag: string;
  readonly spent: Spent;
};

/** A line whose holder gives it up. */
export type LeftLine = HeldLine & Pick<Use, 'isUnused'>;

/** The line of a holder for whom no call was placed. */
export const unused = (line: HeldLine): LeftLine => ({ ...line, isUnused: true });

/** The lines of all numbers, and what is known about each number that has lines. */
export type Survey = { readonly lines: readonly Line[]; readonly callers: ReadonlyMap<string, StoredCaller> };

/** The lines of all caller numbers: one row each, in one small partition, leased by writes that check the ETag. */
export class Lines {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** All lines. One request for each thousand. */
  async list(): Promise<Line[]> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(LINE), Number.POSITIVE_INFINITY);
    return readable(TABLE, PARTITION, rows, toLine);
  }

  /** All lines, and what is known about their numbers. One request for each thousand. */
  async survey(): Promise<Survey> {
    const range = { from: LINE, to: startingWith(CALLER).to };
    const rows = await this.#tables.query(TABLE, PARTITION, range, Number.POSITIVE_INFINITY);
    const lines = readable(TABLE, PARTITION, rows.filter(ofKind(LINE)), toLine);
    const stored = readable(TABLE, PARTITION, rows.filter(ofKind(CALLER)), toCaller);
    const callers = new Map(stored.map((known) => [known.caller.number, known]));
    for (const { number, reachedAt } of lines) {
      const known = callers.get(number) ?? { caller: newCallerNumber(number) };
      callers.set(number, { row: known.caller, ...known, caller: reached(known.caller, reachedAt) });
    }
    return { lines, callers };
  }

  /**
   * Inserts the missing lines of these numbers.
   * @returns true if there were any.
   */
  async ensure(callers: readonly Caller[], existing: readonly Line[]): Promise<boolean> {
    const known = new Set(existing.map(({ lineId }) => lineId));
    const counts = new Map<string, number>();
    for (const { number, lines } of callers) counts.set(number, Math.max(lines, counts.get(number) ?? 0));
    const missing = [...counts].flatMap(([number, lines]) =>
      Array.from({ length: lines }, (_, index) => newLine(number, index)).filter(({ rowKey }) => !known.has(rowKey)),
    );
    let isAnyNew = false;
    for (const batch of batchesOf(missing)) {
      // A line of the batch exists, perhaps in a row that cannot be read: one by one.
      const parts = (await this.#commit(batch)) ? [] : batch.map((write) => [write]);
      isAnyNew ||= parts.length === 0;
      for (const part of parts) if (await this.#commit(part)) isAnyNew = true;
    }
    return isAnyNew;
  }

  /**
   * Removes lines that nobody holds. Two requests for each hundred: no line is deleted that was leased since it was read.
   * @param lines as read. Those that have changed since stay, and others of their hundred.
   */
  async remove(lines: readonly Line[], now: () => Date): Promise<void> {
    for (const batch of batchesOf(lines)) {
      const leaseUntil = new Date(now().getTime() + REMOVING_MS);
      const columns = toColumns({ leaseUntil: leaseUntil.toISOString() });
      // A delete has no ETag. Until then nobody may lease them.
      const kept = await this.#commit(
        batch.map(({ lineId, etag }): Write => ({ kind: 'merge', rowKey: lineId, columns, etag })),
      );
      if (!kept || leaseUntil.getTime() - now().getTime() < REMOVING_MS / 2) continue;
      await this.#commit(batch.map(({ lineId }): Write => ({ kind: 'delete', rowKey: lineId })));
    }
  }

  /** @returns false if there was a conflict; then nothing is written. */
  async #commit(writes: readonly Write[]): Promise<boolean> {
    return (await tryCommit(this.#tables, TABLE, PARTITION, writes)) !== undefined;
  }

  /**
   * Leases a line or passes it on to a new holder.
   * @param at now.
   * @param reachedAt when the call that ended was placed, if it reached somebody.
   * @returns undefined if the line has changed since it was read.
   */
  lease(line: LeftLine, holder: string, until: Date, at: Date, reachedAt?: string): Promise<HeldLine | undefined> {
    const spent = line.spent && spentBy(line.spent, line, at, true);
    return this.#change(line, holder, { leaseUntil: until, leasedAt: at, reachedAt, reservedFor: '', spent });
  }

  /**
   * Extends the lease for its holder. Works with an outdated ETag too, which a crash between writing the line's row and
   * the holder's row leaves behind.
   * @returns undefined if the line has another holder.
   */
  async hold(line: HeldLine, holder: string, until: Date, at: Date): Promise<HeldLine | undefined> {
    const extension = (held: HeldLine): LineChange => ({
      leaseUntil: until,
      leasedAt: at,
      spent: held.spent && spentBy(held.spent, held, at, false),
    });
    const held = await this.#change(line, holder, extension(line));
    if (held) return held;
    const current = await this.heldBy(line, holder);
    const extended = current && (await this.#change(current, holder, extension(current)));
    // With the ETag of before it was reserved, the process that ends the call sees that it is.
    return extended && current.reservedFor ? { ...extended, etag: line.etag } : extended;
  }

  /** Reads the line. @returns undefined if it has another holder. */
  async heldBy({ lineId }: HeldLine, holder: string | undefined): Promise<Line | undefined> {
    const row = await this.#tables.get(TABLE, PARTITION, lineId);
    const line = row && toLine({ ...row, rowKey: lineId });
    return line?.holder === holder ? line : undefined;
  }

  /** Reserves a line in use. Does nothing if it has changed since it was read. */
  async reserve(line: Line, claimant: string): Promise<void> {
    await this.#change(line, line.holder, { reservedFor: claimant });
  }

  /**
   * Frees the line from this time on: later than now if the service asked to wait. It stays reserved.
   * @returns undefined if the line has changed; then nothing is done.
   */
  free(line: LeftLine, from: Date, reachedAt?: string): Promise<HeldLine | undefined> {
    const who = readHolder(line.holder ?? '');
    const spent = line.spent && spentBy(line.spent, line, from, true);
    const lastOutageId = who.kind === 'attempt' ? who.outageId : undefined;
    return this.#change(line, '', { leaseUntil: from, leasedAt: from, reachedAt, spent, lastOutageId });
  }

  /** Frees the line like `free`, even if its lease was extended or it was reserved since it was read. */
  async release(line: LeftLine, from: Date): Promise<void> {
    if (await this.free(line, from)) return;
    const current = await this.heldBy(line, line.holder);
    if (current) await this.free({ ...current, isUnused: line.isUnused }, from);
  }

  async #change(
    { lineId, number, etag, ...line }: HeldLine,
    holder: string,
    { leaseUntil, leasedAt, spent = line.spent, ...more }: LineChange,
  ): Promise<HeldLine | undefined> {
    const times = { leaseUntil: leaseUntil?.toISOString(), leasedAt: leasedAt?.toISOString() };
    const columns = toColumns({ holder, ...times, ...more, ...(spent && spentColumns(spent)) });
    const write: Write = { kind: 'merge', rowKey: lineId, columns, etag };
    const [after] = (await tryCommit(this.#tables, TABLE, PARTITION, [write])) ?? [];
    return after
      ? { lineId, number, etag: after, holder, leasedAt: times.leasedAt ?? line.leasedAt, spent }
      : undefined;
  }
}

type LineChange = {
  readonly leaseUntil?: Date;
  readonly leasedAt?: Date;
  readonly reachedAt?: string | undefined;
  readonly reservedFor?: string;
  readonly spent?: Spent | undefined;
  readonly lastOutageId?: string | undefined;
};

/** True if its lease has ended. If it has a holder, there may still be a call on it. */
export const hasLapsed = ({ leaseUntil }: Line, now: Date): boolean => new Date(leaseUntil) <= now;

export const isFree = (line: Line, now: Date): boolean => line.holder === '' && hasLapsed(line, now);

/** Whether these callers may use a line. */
export function mayUse(callers: readonly Caller[]): (line: Pick<Line, 'number' | 'lineId'>) => boolean {
  const allowed = new Map(callers.map((caller) => [caller.number, caller.lines]));
  return ({ number, lineId }) => Number(lineId.slice(lineId.lastIndexOf('|') + 1)) < (allowed.get(number) ?? 0);
}

/** The lines that these callers may use. The number may have more for others. */
export const linesOf = (callers: readonly Caller[], lines: readonly Line[]): Line[] => lines.filter(mayUse(callers));

const TABLE = LINES_TABLE;
const PARTITION = LINES_PARTITION;
const LINE = 'line|';
const ofKind =
  (prefix: string) =>
  ({ rowKey }: StoredRow): boolean =>
    rowKey.startsWith(prefix);
const NEVER = new Date(0).toISOString();
/** How long a line that is being removed may not be leased, ms: longer than its delete takes with all its tries. */
const REMOVING_MS = 120_000;

const newLine = (number: string, index: number): Write => ({
  kind: 'insert',
  rowKey: lineIdOf(number, index),
  columns: newColumns({ number, index, holder: '', leaseUntil: NEVER }),
});

const batchesOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / MAX_WRITES) }, (_, batch) =>
    items.slice(batch * MAX_WRITES, (batch + 1) * MAX_WRITES),
  );

const lineIdOf = (number: string, index: number): string => `${LINE}${digestOf(number)}|${index}`;

function toLine({ rowKey, etag, columns }: StoredRow): Line {
  const { spentOn, spentCalls, spentSeconds, ...line } = fromColumns(LineColumns, columns);
  return { ...line, lineId: rowKey, etag, spent: { on: spentOn, calls: spentCalls, seconds: spentSeconds } };
}

/** Columns of their own: JSON would have to keep what another version adds to it. */
const spentColumns = ({ on, calls, seconds }: Spent) => ({ spentOn: on, spentCalls: calls, spentSeconds: seconds });
