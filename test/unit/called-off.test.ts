import { describe, expect, it } from 'vitest';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { cancelOutage, pauseOutage, restoreOutage, resumeOutage } from '../../src/lib/outages/steer.ts';
import type { Recipient } from '../../src/lib/rules/outages/recipient.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { personId } from '../fixtures/ids.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const ANN = '+14255550121';
const BOB = '+14255550122';
const ALL_CLEAR = { message: 'https://audio.example/all-clear.wav' };

const refTo = (person: Recipient | undefined) => ({
  outageId: 'storm',
  shard: 0,
  recipientId: person?.recipientId ?? personId('nobody'),
  attempt: 1,
});

const stateOf = async ({ services }: MemoryWorld, id: string): Promise<string> =>
  (await services.outages.read(id)).outage.state;

async function onListOf({ services }: MemoryWorld, outageId: string): Promise<Recipient[]> {
  const people: Recipient[] = [];
  for await (const person of services.recipients.all({ outageId, shard: 0 })) people.push(person);
  return people;
}

/** Runs the timer several times, ten seconds apart. */
async function ticks(world: MemoryWorld, times = 4): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (const { problems } of await tendOutages(world.services)) expect(problems).toEqual([]);
    world.passes(10);
  }
}

/** Calls everybody at once, and ends each call with the outcome. */
async function calledWith(
  world: MemoryWorld,
  people: readonly Recipient[],
  outcome: 'heard' | 'unknown',
): Promise<void> {
  await tendOutages(world.services);
  for (const person of people) await concludeAttempt(world.services, refTo(person), { outcome });
}

const ONCE = { retry: { maxAttempts: 1, delaySeconds: {} } };

describe('the all-clear', () => {
  it('reaches a person whose result comes late, even if another instance cached the outage as it was before', async () => {
    const tables = new MemoryTables();
    const world = new MemoryWorld(tables);
    const { people } = await world.outage(ONCE, ANN);
    await calledWith(world, people, 'unknown');
    await tendOutages(world.services);
    const elsewhere = new MemoryWorld(tables);
    await elsewhere.services.outages.recent('storm');
    await restoreOutage(world.services, 'storm', ALL_CLEAR);
    for (let look = 0; look < 4; look++) await tendOutages(world.services);
    expect(await stateOf(world, 'storm')).toBe('restored');
    await concludeAttempt(elsewhere.services, refTo(people[0]), { outcome: 'heard' });
    expect(await onListOf(world, 'storm-all-clear')).toMatchObject([{ phase: 'waiting', results: [] }]);
  });

  it('reaches a person whose event was recorded by a process that died: the redelivery adds them', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage(ONCE, ANN);
    await calledWith(world, people, 'unknown');
    await tendOutages(world.services);
    await restoreOutage(world.services, 'storm', ALL_CLEAR);
    await ticks(world);
    const { recipients } = world.services;
    const add = recipients.add;
    recipients.add = () => Promise.reject(new Error('died'));
    const told = () => concludeAttempt(world.services, refTo(people[0]), { outcome: 'heard' });
    await expect(told()).rejects.toThrow('died');
    recipients.add = add;
    await told();
    expect(await onListOf(world, 'storm-all-clear')).toHaveLength(1);
  });

  it('is told before a late result is recorded: who counts as told is on its list', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage(ONCE, ANN);
    await calledWith(world, people, 'unknown');
    await tendOutages(world.services);
    await restoreOutage(world.services, 'storm', ALL_CLEAR);
    await ticks(world);
    world.services.recipients.add = () => Promise.reject(new Error('storage is down'));
    await expect(concludeAttempt(world.services, refTo(people[0]), { outcome: 'heard' })).rejects.toThrow('is down');
    expect(await onListOf(world, 'storm')).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('exists as soon as the outage is restored, even if nobody was told', async () => {
    const world = new MemoryWorld();
    await world.outage(ONCE);
    await tendOutages(world.services);
    await restoreOutage(world.services, 'storm', ALL_CLEAR);
    expect((await world.services.outages.read('storm-all-clear')).outage).toMatchObject({ allClearFor: 'storm' });
    await ticks(world);
    expect(await stateOf(world, 'storm')).toBe('restored');
    expect(await stateOf(world, 'storm-all-clear')).toBe('finished');
  });
});

describe('an outage that is cancelled', () => {
  it('hangs up every call, even if those that are being ended fill the timer’s batch', async () => {
    const world = new MemoryWorld();
    Object.assign(world.services.settings, { batches: { ...world.services.settings.batches, dueRows: 1 } });
    const { people } = await world.outage(ONCE, ANN, BOB);
    await tendOutages(world.services);
    for (const [index, person] of people.entries()) {
      const stored = await world.services.recipients.find(refTo(person));
      if (!stored) throw new Error('they have gone');
      const recipient: Recipient = { ...stored.recipient, phase: 'dialling', callLegId: `leg-${index}` };
      await world.services.recipients.save(refTo(person), stored, { recipient, due: 'unchanged' });
    }
    await cancelOutage(world.services, 'storm', { hangUp: true });
    await ticks(world);
    expect(world.queues.on('hang-up')).toHaveLength(2);
  });

  it('or paused with hangUp hangs up its calls, and calls those people again once it is resumed', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage({ ...ONCE, retry: { maxAttempts: 2, delaySeconds: { unknown: 0 } } }, ANN);
    const [ann] = people;
    if (!ann) throw new Error('nobody is on the list');
    await tendOutages(world.services);
    const stored = await world.services.recipients.find(refTo(ann));
    if (!stored) throw new Error('she has gone');
    const inCall: Recipient = { ...stored.recipient, phase: 'dialling', callLegId: 'leg-1' };
    await world.services.recipients.save(refTo(ann), stored, { recipient: inCall, due: 'unchanged' });
    await pauseOutage(world.services, 'storm');
    await ticks(world);
    expect(world.queues.on('hang-up')).toEqual([]);
    await pauseOutage(world.services, 'storm', { hangUp: true });
    await ticks(world);
    expect(world.queues.on('hang-up')).toMatchObject([{ callLegId: 'leg-1' }]);
    await concludeAttempt(world.services, { ...refTo(ann), attempt: 1 }, { outcome: 'unknown', callLegId: 'leg-1' });
    await ticks(world);
    expect(world.queues.on('start-call')).toHaveLength(1);
    expect(await resumeOutage(world.services, 'storm')).toMatchObject({ state: 'running', hangUp: undefined });
    await ticks(world);
    expect(world.queues.on('start-call')).toHaveLength(2);
    await expect(pauseOutage(world.services, 'storm', { hangup: true })).rejects.toThrow('cannot be paused');
  });

  it('stays over if a second timer read it as open before it ended', async () => {
    const tables = new MemoryTables();
    const world = new MemoryWorld(tables);
    await world.outage({}, ANN);
    await restoreOutage(world.services, 'storm', ALL_CLEAR);
    await ticks(world);
    expect(await stateOf(world, 'storm')).toBe('restored');
    await tables.commit('Outages', 'outage', [{ kind: 'insert', rowKey: 'open|storm', columns: {} }]);
    await ticks(world);
    expect(await stateOf(world, 'storm')).toBe('restored');
  });

  it('is over as soon as nobody waits and nobody is being called', async () => {
    const world = new MemoryWorld();
    const { people } = await world.outage(ONCE, ANN, BOB);
    await cancelOutage(world.services, 'storm', {});
    await tendOutages(world.services);
    await tendOutages(world.services);
    expect(await stateOf(world, 'storm')).toBe('cancelled');
    expect(await onListOf(world, 'storm')).toMatchObject(people.map(() => ({ outcome: 'cancelled' })));
  });

  it('is not over while people are added to a shard whose recipients were already cancelled', async () => {
    const world = new MemoryWorld();
    await world.outage(ONCE, ANN);
    await cancelOutage(world.services, 'storm', {});
    const stored = await world.services.outages.read('storm');
    await world.services.outages.save(stored, { ...stored.outage, progress: { after: ['~'], isLast: true } });
    await importNumbers(world.services, 'storm', [ANN]);
    await ticks(world, 6);
    expect(await stateOf(world, 'storm')).toBe('cancelled');
    expect(await onListOf(world, 'storm')).toMatchObject([{ phase: 'done', outcome: 'cancelled' }]);
  });
});
