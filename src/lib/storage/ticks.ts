import { z } from 'zod';
import { fromColumns, newColumns } from './columns.ts';
import { startingWith, type TableStore, type Write } from './table-store.ts';
import { tryCommit } from './try-commit.ts';

const TickColumns = z.object({ beganAt: z.string() });
const LeaseColumns = z.object({ until: z.string() });

/** When the last tick began, if there was one, and until when a woken one may run. */
export type LastTick = {
  readonly beganAt?: Date | undefined;
  readonly lease?: { readonly until: Date; readonly etag: string } | undefined;
};

/** Names the lease that `tryBegin` got. */
export type TickLease = { readonly etag: string };

/** Two rows: when the last tick began, and the lease under which one instance at a time runs a woken one. */
export class Ticks {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** One request. */
  async last(): Promise<LastTick> {
    const rows = await this.#tables.query(TABLE, PARTITION, startingWith(''), 2);
    const [tick, lease] = [TICK, LEASE].map((key) => rows.find(({ rowKey }) => rowKey === key));
    return {
      beganAt: tick && new Date(fromColumns(TickColumns, tick.columns).beganAt),
      lease: lease && { until: new Date(fromColumns(LeaseColumns, lease.columns).until), etag: lease.etag },
    };
  }

  /** The timer begins a tick. It needs no lease: the host runs one at a time. One request. */
  async begin(now: Date): Promise<void> {
    await this.#tables.commit(TABLE, PARTITION, [tickAt(now)]);
  }

  /**
   * Begins a woken tick. One request.
   * @param last as read just before.
   * @returns undefined if another woken tick may still run, or has begun since `last` was read.
   */
  async tryBegin({ lease }: LastTick, now: Date, until: Date): Promise<TickLease | undefined> {
    if (lease && lease.until > now) return undefined;
    const [etag] = (await tryCommit(this.#tables, TABLE, PARTITION, [leaseUntil(until, lease), tickAt(now)])) ?? [];
    return etag === undefined ? undefined : { etag };
  }

  /** A woken tick has ended. One request. Does nothing if the lease had ended and another instance has it. */
  async end(lease: TickLease, now: Date): Promise<void> {
    await tryCommit(this.#tables, TABLE, PARTITION, [leaseUntil(now, lease)]);
  }
}

const TABLE = 'Outages';
const PARTITION = 'timer';
const TICK = 'tick';
const LEASE = 'woken';

const tickAt = (now: Date): Write => ({
  kind: 'upsert',
  rowKey: TICK,
  columns: newColumns({ beganAt: now.toISOString() } satisfies z.infer<typeof TickColumns>),
});

function leaseUntil(until: Date, before: TickLease | undefined): Write {
  const columns = newColumns({ until: until.toISOString() } satisfies z.infer<typeof LeaseColumns>);
  return before
    ? { kind: 'merge', rowKey: LEASE, columns, etag: before.etag }
    : { kind: 'insert', rowKey: LEASE, columns };
}
