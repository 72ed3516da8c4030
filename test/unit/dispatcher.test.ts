import { describe, expect, it } from 'vitest';
import { postponeAttempt } from '../../src/lib/outages/attempt-progress.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { passOnLine } from '../../src/lib/outages/pass-on-line.ts';
import { patchOutage } from '../../src/lib/outages/patch.ts';
import type { RecipientId } from '../../src/lib/rules/calls/ids.ts';
import { ended } from '../../src/lib/rules/outages/lifecycle.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import type { HeldLine } from '../../src/lib/rules/outages/recipient.ts';
import { isFree } from '../../src/lib/storage/lines.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { numberIdOf, personId } from '../fixtures/ids.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { fillLines } from './support/fill-lines.ts';
import { MemoryWorld } from './support/memory-services.ts';

const ANN = '+14255550121';
const BOB = '+14255550122';
const EVE = '+14255550123';
const STORM = { outageId: 'storm', shard: 0 };
const LINES = [{ number: '+14255550190', lines: 2 }];

const fill = async ({ services }: MemoryWorld, outage: Outage): Promise<number> =>
  (await fillLines(services, outage)).started;

const free = async ({ services, now }: MemoryWorld): Promise<string[]> =>
  (await services.lines.list()).filter((line) => isFree(line, now)).map(({ lineId }) => lineId);

/** The messages to dial a recipient. */
const dialled = ({ queues }: MemoryWorld): object[] => queues.on('start-call');

async function lineOf({ services }: MemoryWorld, recipientId: RecipientId): Promise<HeldLine> {
  const line = (await services.recipients.find({ outageId: 'storm', shard: 0, recipientId }))?.recipient.line;
  if (!line) throw new Error('the recipient has no line');
  return line;
}

describe('free lines', () => {
  it('are given to people who are due, a line each, and no more than there are', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: LINES }, ANN, BOB, EVE);
    expect(await fill(world, outage)).toBe(2);
    expect(dialled(world)).toHaveLength(2);
    expect(await free(world)).toEqual([]);
    expect(await fill(world, outage)).toBe(0);
    expect(dialled(world)).toHaveLength(2);
  });

  it('are reported: how many are in use, and how long the longest due recipient has waited', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: LINES }, ANN, BOB, EVE);
    const look = async () => fillLines(world.services, outage);
    expect(await look()).toMatchObject({ started: 2, linesInUse: 2, dueLagMs: 0 });
    world.passes(30);
    expect(await look()).toMatchObject({ started: 0, linesInUse: 2, dueLagMs: 30_000 });
  });

  it('start one attempt each, and the message says which', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ callers: LINES }, ANN);
    await fill(world, outage);
    expect(dialled(world)).toEqual([{ outageId: 'storm', shard: 0, recipientId: people[0]?.recipientId, attempt: 1 }]);
    expect((await world.services.recipients.due(STORM, 'leased', 9)).map(({ attempt }) => attempt)).toEqual([1]);
  });

  it('stay free while nobody is due', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: LINES }, ANN);
    world.passes(-1);
    expect(await fill(world, outage)).toBe(0);
    expect(await free(world)).toHaveLength(2);
  });

  it('beyond what the outage may use at once are left to others', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: LINES, maxConcurrentCalls: 1 }, ANN, BOB);
    expect(await fill(world, outage)).toBe(1);
    expect(await fill(world, outage)).toBe(0);
    expect(await free(world)).toHaveLength(1);
  });

  it('of numbers that are not the outage’s are not used', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: [{ number: '+14255550191', lines: 1 }] }, ANN, BOB);
    await world.services.lines.ensure(LINES, await world.services.lines.list());
    expect(await fill(world, outage)).toBe(1);
    expect(await free(world)).toHaveLength(2);
  });

  it('are never given twice, even if several processes read them at the same time', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: LINES }, ANN, BOB, EVE);
    await Promise.all([fill(world, outage), fill(world, outage), fill(world, outage)]);
    expect(dialled(world).length).toBeGreaterThan(0);
    expect(new Set(dialled(world).map((message) => JSON.stringify(message))).size).toBe(dialled(world).length);
    expect(dialled(world).length + (await free(world)).length).toBe(2);
  });

  it('that become free at the same moment all go to somebody, even if all of them try the same recipient first', async () => {
    const world = new MemoryWorld();
    const callers = Array.from({ length: 8 }, (_, index) => ({ number: `+1425555019${index}`, lines: 4 }));
    const numbers = Array.from({ length: 64 }, (_, index) => `+14255551${100 + index}`);
    const { outage, people } = await world.outage({ callers }, ...numbers);
    await fill(world, outage);
    const held = await Promise.all(
      people.map(async ({ recipientId }) => {
        const place = { outageId: 'storm', shard: 0, recipientId };
        return (await world.services.recipients.find(place))?.recipient.line;
      }),
    );
    const lines = held.filter((line) => line !== undefined);
    expect(lines).toHaveLength(32);
    await Promise.all(lines.map((line) => passOnLine(world.services, outage, line)));
    expect(dialled(world)).toHaveLength(64);
    expect(await free(world)).toEqual([]);
  });
});

describe('the end of a call', () => {
  it('starts the next at once, on the same line', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ANN, BOB);
    await fill(world, outage);
    const [first] = dialled(world);
    const ann =
      people.find(({ recipientId }) => JSON.stringify(first).includes(recipientId))?.recipientId ?? personId('nobody');
    await concludeAttempt(
      world.services,
      { outageId: 'storm', shard: 0, recipientId: ann, attempt: 1 },
      { outcome: 'heard', reason: undefined, callLegId: undefined },
    );
    expect(dialled(world)).toHaveLength(2);
    expect(await free(world)).toEqual([]);
  });

  it('frees the line if nobody else is due', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ callers: LINES }, ANN);
    await fill(world, outage);
    await passOnLine(world.services, outage, await lineOf(world, people[0]?.recipientId ?? personId('nobody')));
    expect(await free(world)).toHaveLength(2);
  });

  it('starts no call once the outage is over, even if somebody is due', async () => {
    for (const over of [{ state: 'finished' as const }, { expiresAt: '2026-01-05T07:59:59Z' }]) {
      const world = new MemoryWorld();
      const { outage, people } = await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ANN, BOB);
      await fill(world, outage);
      const busy = await Promise.all(
        people.map(({ recipientId }) => lineOf(world, recipientId).catch(() => undefined)),
      );
      const line = busy.find((held) => held !== undefined);
      if (!line) throw new Error('nobody has a line');
      await passOnLine(world.services, { ...outage, ...over }, line);
      expect(dialled(world)).toHaveLength(1);
      expect(await free(world)).toHaveLength(1);
    }
  });

  it('starts no call while the outage exceeds a limit that was lowered: its line is free for others', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: LINES }, ANN, BOB, EVE);
    await tendOutages(world.services);
    await patchOutage(world.services, 'storm', { maxConcurrentCalls: 1 });
    const oneEnds = async () => {
      const [called] = await world.services.recipients.due(STORM, 'leased', 1);
      const ref = { outageId: 'storm', shard: 0, recipientId: called?.recipientId ?? personId('nobody'), attempt: 1 };
      await concludeAttempt(world.services, ref, { outcome: 'heard' });
    };
    await oneEnds();
    expect(dialled(world)).toHaveLength(2);
    expect(await free(world)).toHaveLength(1);
    await tendOutages(world.services);
    await oneEnds();
    expect(dialled(world)).toHaveLength(3);
    expect(await free(world)).toHaveLength(1);
  });

  it('reads no lines, even if the outage limits its calls', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: LINES, maxConcurrentCalls: 1 }, ANN, BOB);
    await tendOutages(world.services);
    world.services.lines.list = () => Promise.reject(new Error('the lines were read'));
    world.services.lines.survey = () => Promise.reject(new Error('the lines were read'));
    const [called] = await world.services.recipients.due(STORM, 'leased', 1);
    const ref = { outageId: 'storm', shard: 0, recipientId: called?.recipientId ?? personId('nobody'), attempt: 1 };
    await concludeAttempt(world.services, ref, { outcome: 'heard' });
    expect(dialled(world)).toHaveLength(2);
  });

  it('starts calls again without a pause once the limit that was lowered is kept', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: LINES, maxConcurrentCalls: 2 }, ANN, BOB, EVE);
    await tendOutages(world.services);
    const current = async () => (await world.services.outages.read('storm')).outage.isShrinking;
    await patchOutage(world.services, 'storm', { maxConcurrentCalls: 1 });
    await tendOutages(world.services);
    expect(await current()).toBe(true);
    await patchOutage(world.services, 'storm', { maxConcurrentCalls: 2 });
    await tendOutages(world.services);
    expect(await current()).toBeUndefined();
    await patchOutage(world.services, 'storm', { maxConcurrentCalls: 1 });
    await patchOutage(world.services, 'storm', { maxConcurrentCalls: null });
    expect(await current()).toBeUndefined();
  });

  it('reported twice does not pass the line on twice', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ANN, BOB, EVE);
    await fill(world, outage);
    const people = await world.services.recipients.due(STORM, 'leased', 9);
    const line = await lineOf(world, people[0]?.recipientId ?? personId('nobody'));
    await Promise.all([passOnLine(world.services, outage, line), passOnLine(world.services, outage, line)]);
    await passOnLine(world.services, outage, line);
    expect(dialled(world)).toHaveLength(2);
  });
});

describe('a call that could not be placed', () => {
  it('keeps its line unused until the retry is due', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ callers: [{ number: '+14255550190', lines: 1 }] }, ANN);
    await fill(world, outage);
    const ref = { outageId: 'storm', shard: 0, recipientId: people[0]?.recipientId ?? personId('nobody'), attempt: 1 };
    await postponeAttempt(world.services, ref, new Date(world.now.getTime() + 30_000), { askedAt: undefined });
    expect(await fill(world, outage)).toBe(0);
    world.passes(30);
    expect(await free(world)).toHaveLength(1);
    expect(await fill(world, outage)).toBe(1);
    expect(dialled(world)).toEqual([ref, ref]);
  });
});

describe('an outage', () => {
  it('is finished once nobody is due any more, and no sooner', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage({ callers: LINES }, ANN);
    expect(await tendOutages(world.services)).toMatchObject([{ started: 1, state: 'running' }]);
    expect(await tendOutages(world.services)).toMatchObject([{ started: 0, state: 'running' }]);
    const ref = { outageId: 'storm', shard: 0, recipientId: people[0]?.recipientId ?? personId('nobody'), attempt: 1 };
    await concludeAttempt(world.services, ref, { outcome: 'acknowledged', reason: undefined, callLegId: undefined });
    expect(await tendOutages(world.services)).toMatchObject([{ state: 'finished' }]);
    expect(await tendOutages(world.services)).toEqual([]);
  });

  it('that fails does not stop the calls of other outages', async () => {
    const world = new MemoryWorld();
    await world.outage({ id: 'a-broken-one', callers: LINES }, ANN);
    await world.outage({ id: 'storm', callers: LINES }, BOB);
    const due = world.services.recipients.due.bind(world.services.recipients);
    world.services.recipients.due = (shard, ...rest) =>
      shard.outageId === 'storm' ? due(shard, ...rest) : Promise.reject(new Error('a row that nobody can read'));
    expect(await tendOutages(world.services)).toMatchObject([
      {
        outage: 'a-broken-one',
        problems: expect.arrayContaining([expect.objectContaining({ message: 'a row that nobody can read' })]),
      },
      { outage: 'storm', started: 1 },
    ]);
  });

  it('records the opt-out of a person who also acknowledged', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ callers: LINES }, ANN);
    await fill(world, outage);
    const recipientId = people[0]?.recipientId ?? personId('nobody');
    const ref = { outageId: 'storm', shard: 0, recipientId, attempt: 1 };
    await concludeAttempt(world.services, ref, { outcome: 'acknowledged', optOut: true });
    expect(await world.services.optOuts.has(numberIdOf({ phoneNumber: { value: ANN } }))).toBe(true);
    expect((await world.services.recipients.find(ref))?.recipient.outcome).toBe('acknowledged');
  });

  it('that has expired gives everybody who waits an outcome', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage({ callers: LINES, expiresAt: '2026-01-05T08:00:00Z' }, ANN);
    await tendOutages(world.services);
    const stored = await world.services.recipients.find({
      outageId: 'storm',
      shard: 0,
      recipientId: people[0]?.recipientId ?? personId('nobody'),
    });
    expect(stored?.recipient).toMatchObject({ phase: 'done', outcome: 'cancelled' });
    expect(dialled(world)).toEqual([]);
  });

  it('sends a lost start message again when the lease ends, for the same attempt', async () => {
    const world = new MemoryWorld();
    await world.outage({ callers: LINES }, ANN);
    await tendOutages(world.services);
    world.passes(301);
    expect(await tendOutages(world.services)).toMatchObject([{ healed: 1 }]);
    const [first, again, ...more] = dialled(world);
    expect(again).toEqual(first);
    expect(more).toEqual([]);
    expect(await free(world)).toHaveLength(1);
  });

  it('that was finished runs again when people are added', async () => {
    const world = new MemoryWorld();
    await world.outage({});
    const stored = await world.services.outages.read('storm');
    await world.services.outages.save(stored, ended(stored.outage, world.now));
    await importNumbers(world.services, 'storm', [ANN]);
    const { outage } = await world.services.outages.read('storm');
    expect(outage.state).toBe('running');
    expect(outage.finishedAt).toBeUndefined();
  });

  it('cannot be finished by a process that read it before people were added', async () => {
    const world = new MemoryWorld();
    await world.outage({});
    const looked = await world.services.outages.read('storm');
    await importNumbers(world.services, 'storm', [ANN]);
    const finished = { ...looked.outage, state: 'finished' as const };
    await expect(world.services.outages.save(looked, finished)).resolves.toBeUndefined();
  });
});
