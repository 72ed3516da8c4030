import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/lib/base/errors.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { OpenList } from '../../src/lib/outages/open-list.ts';
import { cancelOutage } from '../../src/lib/outages/steer.ts';
import { ended } from '../../src/lib/rules/outages/lifecycle.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import type { TableStore } from '../../src/lib/storage/table-store.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const SHARD = { outageId: 'storm', shard: 0 };
const MANY = { callers: [{ number: '+14255550190', lines: 200 }] };
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `+1425555${2000 + index}`);

/** A finished outage with an empty list. */
async function finished(tables: TableStore = new MemoryTables()): Promise<MemoryWorld> {
  const world = new MemoryWorld(tables);
  await world.outage(MANY);
  const stored = await world.services.outages.read('storm');
  await world.services.outages.save(stored, ended(stored.outage, world.now));
  return world;
}

/** The tables as a process sees them that dies at its request number `cut`, before or after its effect. */
function dyingAt(tables: TableStore, cut: number, isDone: boolean, between: () => Promise<unknown>): TableStore {
  let asked = 0;
  const ask = async <Answer>(effect: () => Promise<Answer>): Promise<Answer> => {
    await between();
    asked++;
    if (asked === cut && isDone) await effect();
    if (asked >= cut) throw new StorageError('the process is dead');
    const answer = await effect();
    await between();
    return answer;
  };
  return {
    get: (...asked) => ask(() => tables.get(...asked)),
    query: (...asked) => ask(() => tables.query(...asked)),
    scan: (...asked) => tables.scan(...asked),
    commit: (...asked) => ask(() => tables.commit(...asked)),
  };
}

const stateOf = async ({ services }: MemoryWorld): Promise<string> =>
  (await services.outages.read('storm')).outage.state;

async function onList({ services }: MemoryWorld): Promise<Recipient[]> {
  const people: Recipient[] = [];
  for await (const recipient of services.recipients.all(SHARD)) people.push(recipient);
  return people;
}

/** Ticks until the outage is over; every call that was started is heard. */
async function ranToItsEnd(world: MemoryWorld): Promise<void> {
  for (let ticks = 0; ticks < 60 && (await stateOf(world)) !== 'finished'; ticks++) {
    world.passes(10);
    await tendOutages(world.services);
    for (const { recipientId, attempt, phase } of await onList(world)) {
      if (phase === 'dispatched') {
        await concludeAttempt(world.services, { ...SHARD, recipientId, attempt }, { outcome: 'heard' });
      }
    }
  }
}

describe('an import to a finished outage', () => {
  it('that dies after its first batch leaves nobody without a call', async () => {
    const tables = new MemoryTables();
    const world = await finished(tables);
    // Read, hold, two batches of 49; the third dies.
    const dying = new MemoryWorld(dyingAt(tables, 5, false, async () => undefined));
    await expect(importNumbers(dying.services, 'storm', numbers(120))).rejects.toThrow('dead');
    await ranToItsEnd(world);
    const people = await onList(world);
    expect(people.length).toBeGreaterThanOrEqual(49);
    expect(people.filter(({ outcome }) => outcome !== 'heard')).toEqual([]);
  });

  it.each([false, true])('may die at any request (after its effect: %s) while the timer ticks', async (isDone) => {
    for (let cut = 1; cut <= 8; cut++) {
      const tables = new MemoryTables();
      const world = await finished(tables);
      const dying = new MemoryWorld(dyingAt(tables, cut, isDone, () => tendOutages(world.services)));
      await importNumbers(dying.services, 'storm', numbers(120)).catch(() => undefined);
      await ranToItsEnd(world);
      const unheard = (await onList(world)).filter(({ outcome }) => outcome !== 'heard');
      expect([cut, unheard]).toEqual([cut, []]);
    }
  });

  it('ends soon after it is done, and after a few minutes if it dies before anybody was added', async () => {
    const world = await finished();
    await importNumbers(world.services, 'storm', numbers(1));
    expect((await world.services.outages.read('storm')).outage.listHolds).toBeUndefined();
    await ranToItsEnd(world);
    expect(await stateOf(world)).toBe('finished');

    await new OpenList(world.services, await world.services.outages.read('storm')).hold();
    await tendOutages(world.services);
    expect(await stateOf(world)).toBe('running');
    world.passes(301);
    await tendOutages(world.services);
    expect(await stateOf(world)).toBe('finished');
  });

  it('renews its hold while a slow list arrives', async () => {
    const world = await finished();
    const open = new OpenList(world.services, await world.services.outages.read('storm'));
    await open.hold();
    for (let minutes = 0; minutes < 20; minutes++) {
      world.passes(60);
      await tendOutages(world.services);
      await open.hold();
      expect(await stateOf(world)).toBe('running');
    }
    await open.release();
  });

  it('does not end while another list is still arriving', async () => {
    const world = await finished();
    const open = new OpenList(world.services, await world.services.outages.read('storm'));
    await open.hold();
    await importNumbers(world.services, 'storm', numbers(1));
    await open.release();
    await ranToItsEnd(world);
    expect(await stateOf(world)).toBe('finished');
  });
});

describe('an outage without people', () => {
  class Counted extends MemoryTables {
    requests = 0;
    override get(...asked: Parameters<MemoryTables['get']>): ReturnType<MemoryTables['get']> {
      this.requests++;
      return super.get(...asked);
    }
    override query(...asked: Parameters<MemoryTables['query']>): ReturnType<MemoryTables['query']> {
      this.requests++;
      return super.query(...asked);
    }
  }

  it('waits for its list, says so, and costs two requests a tick', async () => {
    const tables = new Counted();
    const world = new MemoryWorld(tables);
    await world.outage({ shards: 4, ...MANY });
    await tendOutages(world.services);
    world.passes(3600);
    tables.requests = 0;
    await tendOutages(world.services);
    expect(tables.requests).toBe(2);
    const { outage } = await world.services.outages.read('storm');
    expect(await viewOutage(world.services, outage)).toMatchObject({ state: 'running', waitsForList: true });
    await importNumbers(world.services, 'storm', numbers(3));
    await tendOutages(world.services);
    expect(world.queues.on('start-call')).toHaveLength(3);
    const { outage: called } = await world.services.outages.read('storm');
    expect(await viewOutage(world.services, called)).toMatchObject({ waitsForList: false });
  });

  it('still waits if an import died before anybody was added', async () => {
    const world = new MemoryWorld();
    await world.outage(MANY);
    await tendOutages(world.services);
    await new OpenList(world.services, await world.services.outages.read('storm')).hold();
    world.passes(600);
    await tendOutages(world.services);
    expect((await world.services.outages.read('storm')).outage).toMatchObject({
      state: 'running',
      isListAwaited: true,
    });
  });

  it('ends when it expires', async () => {
    const world = new MemoryWorld();
    await world.outage({ ...MANY, expiresAt: new Date(world.now.getTime() + 60_000).toISOString() });
    await tendOutages(world.services);
    expect(await stateOf(world)).toBe('running');
    world.passes(60);
    await tendOutages(world.services);
    await tendOutages(world.services);
    expect(await stateOf(world)).toBe('finished');
  });

  it('can be cancelled', async () => {
    const world = new MemoryWorld();
    await world.outage(MANY);
    await tendOutages(world.services);
    await cancelOutage(world.services, 'storm', {});
    await tendOutages(world.services);
    expect(await stateOf(world)).toBe('cancelled');
  });
});
