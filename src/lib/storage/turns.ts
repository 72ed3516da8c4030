import { z } from 'zod';
import { digestOf, LINES_PARTITION, LINES_TABLE } from './caller-numbers.ts';
import { fromColumns, newColumns } from './columns.ts';
import type { TableStore, Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';
import { untilSaved } from './until-saved.ts';

const TurnColumns = z.object({ freeFrom: z.string() });

/** The row of a number as this instance wrote it last. */
type Known = { readonly freeFrom: Date; readonly etag: string };

/**
 * When calls from each number may start, if the settings limit how many may in a second: one row for each number, which says
 * when the next turn is free.
 */
export class Turns {
  readonly #tables: TableStore;
  readonly #known = new Map<string, Known>();
  /** Turns that this instance takes, one after the other: it would lose races against itself. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /**
   * Takes the next turn of the number. One request, and two more each time that another instance took one since.
   * @param perSecond how many calls may start in a second.
   * @param withinMs the turn must not be later than this.
   * @returns undefined if it is; then nothing is taken.
   */
  take(number: string, perSecond: number, now: Date, withinMs: number): Promise<Date | undefined> {
    const taken = this.#last.then(() => this.#take(number, perSecond, now, withinMs));
    this.#last = taken.catch(() => undefined);
    return taken;
  }

  async #take(number: string, perSecond: number, now: Date, withinMs: number): Promise<Date | undefined> {
    const rowKey = `${TURN}${digestOf(number)}`;
    const taken = await untilSaved('The turn of a caller number', async (tries) => {
      const before = (tries === 1 && this.#known.get(number)) || (await this.#read(rowKey));
      const at = Math.max(now.getTime(), before?.freeFrom.getTime() ?? 0);
      if (at > now.getTime() + withinMs) return null;
      const freeFrom = new Date(at + 1_000 / perSecond);
      const [etag] =
        (await tryCommit(this.#tables, LINES_TABLE, LINES_PARTITION, [write(rowKey, freeFrom, before)])) ?? [];
      if (etag === undefined) return undefined;
      this.#known.set(number, { freeFrom, etag });
      return at;
    });
    return taken === null ? undefined : new Date(taken);
  }

  async #read(rowKey: string): Promise<Known | undefined> {
    const row = await this.#tables.get(LINES_TABLE, LINES_PARTITION, rowKey);
    return row && { freeFrom: new Date(fromColumns(TurnColumns, row.columns).freeFrom), etag: row.etag };
  }
}

const TURN = 'turn|';

function write(rowKey: string, freeFrom: Date, before: Known | undefined): Write {
  const columns = newColumns({ freeFrom: freeFrom.toISOString() } satisfies z.infer<typeof TurnColumns>);
  return before ? { kind: 'merge', rowKey, columns, etag: before.etag } : { kind: 'insert', rowKey, columns };
}
