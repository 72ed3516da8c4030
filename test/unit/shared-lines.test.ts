import { describe, expect, it } from 'vitest';
import { startRequestedCall } from '../../src/lib/calls/requested-calls.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { passOnLine } from '../../src/lib/outages/pass-on-line.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import type { OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { shardsOf } from '../../src/lib/rules/outages/shard.ts';
import { InCall } from '../../src/lib/upkeep/in-call.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { tendRequests } from '../../src/lib/upkeep/tend-requests.ts';
import { MemoryWorld, recipientWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

/** How outages and calls by hand share the lines of one number, from declaration to the calls that are dialled. */

const NUMBER = '+14255550190';
const CALLERS = [{ number: NUMBER, lines: 2 }];

const phones = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+1425556${String(from + index).padStart(4, '0')}`);

class SharedNumber extends MemoryWorld {
  async declares(id: string, people: number, spec: Partial<OutageSpec> = {}): Promise<void> {
    const from = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 9_000;
    await this.outage({ id, callers: CALLERS, ...spec }, ...phones(from, people));
  }

  async ticks(): Promise<void> {
    this.passes(10);
    const inCall = new InCall(this.now);
    await tendRequests(this.services, inCall);
    await tendOutages(this.services, inCall);
  }

  /** The outages whose calls are on lines. */
  async calling(): Promise<string[]> {
    return (await this.attempts()).map(({ outageId }) => outageId).sort();
  }

  /** The call of an outage that is in progress longest ends. */
  async callEnds(outageId: string): Promise<void> {
    const ref = (await this.attempts()).find((attempt) => attempt.outageId === outageId);
    if (!ref) throw new Error(`${outageId} has no call`);
    this.passes(1);
    await concludeAttempt(this.services, ref, { outcome: 'acknowledged' });
  }

  async attempts(): Promise<AttemptRef[]> {
    const shards = (await this.services.outages.list()).flatMap(shardsOf);
    const rows = await Promise.all(
      shards.map(async (shard) =>
        (await this.services.recipients.due(shard, 'leased', 99)).map((row) => ({ row, ref: { ...shard, ...row } })),
      ),
    );
    return rows
      .flat()
      .sort((a, b) => a.row.at.getTime() - b.row.at.getTime())
      .map(({ ref }) => ref);
  }

  /** Somebody asks for a call by hand. */
  asks(requestId: string): Promise<unknown> {
    const targets = [{ phoneNumber: { value: '+14255550121' } }];
    return startRequestedCall(this.services, { targets, requestId }, requestId);
  }

  /** The requests whose message was sent again. */
  get sentAgain(): unknown[] {
    return this.queues.on('start-call').flatMap((message) => ('requestId' in message ? [message.requestId] : []));
  }
}

describe('the lines of a number that two outages share', () => {
  it('are equally many for each, from the first calls that end after the second is declared', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.declares('flood', 20);
    await world.ticks();
    expect(await world.calling()).toEqual(['storm', 'storm']);
    await world.callEnds('storm');
    expect(await world.calling()).toEqual(['flood', 'storm']);
    for (let calls = 0; calls < 3; calls++) {
      await world.ticks();
      await world.callEnds('storm');
      await world.callEnds('flood');
      expect(await world.calling()).toEqual(['flood', 'storm']);
    }
  });

  it('are shared also if a call goes on for longer than its lease', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.declares('flood', 20);
    await world.ticks();
    const { lines, recipients, outages } = world.services;
    const [ref] = await world.attempts();
    const line = ref && (await recipients.find(ref))?.recipient.line;
    if (!line?.holder) throw new Error('nobody is called');
    const held = await lines.hold(line, line.holder, new Date(world.now.getTime() + 600_000), world.now);
    if (!held) throw new Error('the line has another holder');
    await passOnLine(world.services, (await outages.read('storm')).outage, held);
    expect(await world.calling()).toContain('flood');
  });

  it('go on to the first if the second has nobody left when the call ends', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.declares('flood', 1);
    await world.ticks();
    await world.callEnds('storm');
    await world.callEnds('storm');
    await world.callEnds('flood');
    await world.ticks();
    expect(await world.calling()).toEqual(['storm', 'storm']);
  });

  it('are given by the timer to an outage with a limit of its own, which is never exceeded', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.declares('flood', 20, { maxConcurrentCalls: 1 });
    for (let calls = 0; calls < 4; calls++) {
      await world.ticks();
      await world.callEnds('storm');
      await world.ticks();
      expect(await world.calling()).toEqual(['flood', 'storm']);
    }
  });

  it('go round if there are fewer of them than outages', async () => {
    const world = new SharedNumber();
    const names = ['ash', 'flood', 'frost', 'quake', 'storm'];
    for (const name of names) await world.declares(name, 20);
    const called = new Set<string>();
    for (let calls = 0; calls < 5; calls++) {
      await world.ticks();
      const [next = ''] = (await world.attempts()).map(({ outageId }) => outageId);
      for (const name of await world.calling()) called.add(name);
      await world.callEnds(next);
    }
    expect([...called].sort()).toEqual(names);
  });
});

it('an outage with a limit of its own has its turn on a line that is freed for it', async () => {
  const world = new SharedNumber();
  const callers = [{ number: NUMBER, lines: 1 }];
  const names = ['ash', 'flood', 'frost', 'quake'];
  for (const id of names) await world.declares(id, 20, { callers, ...(id === 'frost' && { maxConcurrentCalls: 1 }) });
  const turns: string[] = [];
  for (let calls = 0; calls < 8; calls++) {
    await world.ticks();
    const [now = ''] = await world.calling();
    turns.push(now);
    await world.ticks();
    await world.callEnds(now);
  }
  expect(turns).toEqual([...names, ...names]);
});

describe('a call by hand that finds no free line', () => {
  it('gets the next line, before the outage that had it', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    expect(await world.asks('ann')).toMatchObject({ result: 'postponed' });
    await world.callEnds('storm');
    expect(world.sentAgain).toEqual(['ann']);
    expect(await world.calling()).toEqual(['storm']);
  });

  it('takes no line from the outage if it is over before the call ends', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.asks('ann');
    const stored = await world.services.requests.find('ann');
    if (stored) await world.services.requests.save(stored, { ...stored.request, phase: 'done' }, undefined);
    await world.callEnds('storm');
    expect(world.sentAgain).toEqual([]);
    expect(await world.calling()).toEqual(['storm', 'storm']);
  });

  it('finds the line free although the timer ticks before its message is handled', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.asks('ann');
    await world.callEnds('storm');
    await world.ticks();
    expect(await world.calling()).toEqual(['storm']);
    // It is dialled, which this world does not allow.
    await expect(world.asks('ann')).rejects.toThrow('No request to the service');
    expect((await world.services.requests.find('ann'))?.request).toMatchObject({ phase: 'dialling' });
  });

  it('loses the line to those who wait if its message is not handled', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.asks('ann');
    await world.callEnds('storm');
    await world.ticks();
    await world.ticks();
    expect(await world.calling()).toEqual(['storm', 'storm']);
  });

  it('waits its turn behind an earlier one, and each gets a line', async () => {
    const world = new SharedNumber();
    await world.declares('storm', 20);
    await world.ticks();
    await world.asks('ann');
    world.passes(1);
    await world.asks('bob');
    await world.ticks();
    await world.callEnds('storm');
    await world.callEnds('storm');
    expect(world.sentAgain).toEqual(['ann', 'bob']);
  });
});

it('lines begin with another shard each time, so that no shard is drained before the others', async () => {
  const world = new SharedNumber();
  await world.declares('storm', 0, { shards: 4 });
  const { outage } = await world.services.outages.read('storm');
  for (const shard of shardsOf(outage)) {
    const people = phones(shard.shard * 100, 20).map((value) =>
      recipientWith({ identifier: { phoneNumber: { value } } }),
    );
    await world.services.recipients.add(shard, people, () => world.now);
  }
  const shards = new Set<number>();
  await world.ticks();
  for (let calls = 0; calls < 12; calls++) {
    world.passes(0.001 * calls);
    for (const { shard } of await world.attempts()) shards.add(shard);
    await world.callEnds('storm');
  }
  expect(shards.size).toBe(4);
});

it('people whose quiet hours begin are put off thirty-three at once, without being read', async () => {
  let requests = 0;
  const world = new SharedNumber(new MemoryTables(() => void requests++));
  await world.declares('storm', 300, { quietHours: { from: '08:00', to: '18:00', timeZone: 'UTC' } });
  requests = 0;
  await world.ticks();
  expect(requests).toBeLessThan(40);
  const shard = { outageId: 'storm', shard: 0 };
  const rows = await world.services.recipients.due(shard, 'waiting', 1_000);
  expect(rows).toHaveLength(300);
  expect(new Set(rows.map(({ at }) => at.toISOString()))).toEqual(new Set(['2026-01-05T18:00:00.000Z']));
  const [row] = rows;
  const stored = row && (await world.services.recipients.find({ ...shard, recipientId: row.recipientId }));
  expect(stored?.recipient.dueRow).toBe(row?.rowKey);
  expect(await world.calling()).toEqual([]);
});
