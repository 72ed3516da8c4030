import process from 'node:process';
import type { Caller } from '../../src/lib/rules/outages/outage.ts';
import type { KeyRange, StoredRow, TableName, TableStore, Write } from '../../src/lib/storage/table-store.ts';
import { tick } from '../../src/lib/upkeep/tick.ts';
import { MemoryWorld, outageWith, recipientWith } from '../unit/support/memory-services.ts';
import { MemoryTables } from '../unit/support/memory-tables.ts';

/** Rows that one request returns. */
const PAGE = 1_000;

/** How time passes. */
export type Time = { readonly now: () => number; readonly wait: (ms: number) => Promise<unknown> };

const REAL_TIME: Time = {
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Tables in memory, each of whose requests takes a while. */
class SlowTables implements TableStore {
  readonly #tables = new MemoryTables(() => undefined);
  readonly #time: Time;
  /** How long a request takes, ms. */
  ms = 0;
  requests = 0;

  constructor(time: Time) {
    this.#time = time;
  }

  async get(...asked: [TableName, string, string]): Promise<StoredRow | undefined> {
    await this.#waits(1);
    return this.#tables.get(...asked);
  }

  async query(table: TableName, partition: string, range: KeyRange, limit: number): Promise<StoredRow[]> {
    const rows = await this.#tables.query(table, partition, range, limit);
    await this.#waits(Math.max(1, Math.ceil(rows.length / PAGE)));
    return rows;
  }

  scan(...asked: [TableName, string, KeyRange]): AsyncIterable<StoredRow> {
    return this.#tables.scan(...asked);
  }

  async commit(table: TableName, partition: string, writes: readonly Write[]): ReturnType<TableStore['commit']> {
    await this.#waits(1);
    return this.#tables.commit(table, partition, writes);
  }

  async #waits(requests: number): Promise<void> {
    this.requests += requests;
    if (this.ms > 0) await this.#time.wait(this.ms * requests);
  }
}

/** What a tick took: time and processor time in seconds, and requests to storage. */
export type ManyTicks = {
  readonly what: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  /** How many calls have begun so far, and for how many outages. */
  readonly calls: number;
  readonly served: number;
};

/** Two lines each, all shared by all outages. */
const callers = (numbers: number): Caller[] =>
  Array.from({ length: numbers }, (_, index) => ({ number: `+1425555${String(index).padStart(4, '0')}`, lines: 2 }));

const PEOPLE = 3;
const SHARDS = 4;

/**
 * Measures ticks with many open outages, each with three people who are due, that share all lines.
 * @param ms how long storage takes for a request.
 */
export async function measureManyOutages(
  outages: number,
  numbers: number,
  ms: number,
  time = REAL_TIME,
): Promise<ManyTicks[]> {
  const tables = new SlowTables(time);
  const world = new MemoryWorld(tables);
  const shared = callers(numbers);
  const services = { ...world.services, settings: { ...world.services.settings, callers: shared } };
  for (let index = 0; index < outages; index++) {
    const outage = outageWith({ id: `outage-${index}`, shards: SHARDS, callers: shared });
    await services.outages.add(outage);
    const people = Array.from({ length: PEOPLE }, (_, person) =>
      recipientWith({ identifier: { phoneNumber: { value: `+1206${5_550_000 + index * PEOPLE + person}` } } }),
    );
    await services.recipients.add({ outageId: outage.id, shard: index % SHARDS }, people, () => world.now);
  }
  const silent = { error: console.error, warn: () => undefined, info: () => undefined };
  const measured = async (what: string, seconds: number): Promise<ManyTicks> => {
    world.passes(seconds);
    tables.requests = 0;
    tables.ms = ms;
    const [begun, cpu] = [time.now(), process.cpuUsage()];
    await tick(services, silent);
    const { user, system } = process.cpuUsage(cpu);
    tables.ms = 0;
    const calls = world.queues.on('start-call');
    return {
      what,
      seconds: Math.round((time.now() - begun) / 100) / 10,
      cpuSeconds: Math.round((user + system) / 100_000) / 10,
      requests: tables.requests,
      calls: calls.length,
      served: new Set(calls.map((call) => ('outageId' in call ? call.outageId : ''))).size,
    };
  };
  return [
    await measured('the first: all begin', 0),
    await measured('one with nothing new', 10),
    await measured('one that folds the counts', 50),
  ];
}
