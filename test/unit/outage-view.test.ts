import { describe, expect, it } from 'vitest';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { listOutages, viewOutage } from '../../src/lib/views/outage-view.ts';
import { personId } from '../fixtures/ids.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';

const NUMBERS = ['+14255550121', '+14255550122', '+14255550123', '+14255550124'];
const STORM = { outageId: 'storm', shard: 0 };

describe('the view of an outage', () => {
  it('is all zeros if nobody is on its list', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    await expect(viewOutage(world.services, outage)).resolves.toMatchObject({
      id: 'storm',
      title: 'Storm',
      state: 'running',
      recipients: 0,
      states: { waiting: 0, calling: 0, done: 0 },
      outcomes: {},
      attempts: 0,
      callsInFlight: 0,
      lines: 2,
    });
  });

  it('counts everybody once, by state and outcome', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({}, ...NUMBERS);
    await tendOutages(world.services);
    const called = world.queues.on('start-call');
    expect(called).toHaveLength(2);
    expect((await viewOutage(world.services, outage)).states).toEqual({ waiting: 2, calling: 2, done: 0 });
    const [first] = await world.services.recipients.due(STORM, 'leased', 9);
    const recipientId = first?.recipientId ?? personId('nobody');
    await concludeAttempt(
      world.services,
      { outageId: 'storm', shard: 0, recipientId, attempt: 1 },
      { outcome: 'heard' },
    );
    // The line is passed on to the next recipient.
    await expect(viewOutage(world.services, outage)).resolves.toMatchObject({
      recipients: people.length,
      states: { waiting: 1, calling: 2, done: 1 },
      outcomes: { heard: 1 },
      attempts: 1,
      callsInFlight: 2,
    });
  });

  it('counts every shard', async () => {
    const world = new MemoryWorld();
    const { outage, people } = await world.outage({ shards: 2 }, ...NUMBERS.slice(0, 1));
    await world.services.recipients.add({ outageId: 'storm', shard: 1 }, people, () => world.now);
    await expect(viewOutage(world.services, outage)).resolves.toMatchObject({ recipients: 2, states: { waiting: 2 } });
  });

  it('has the lines of its numbers, or fewer if the outage has a limit', async () => {
    const world = new MemoryWorld();
    const callers = [
      { number: '+14255550190', lines: 4 },
      { number: '+14255550191', lines: 3 },
    ];
    world.callers.splice(0, 1, ...callers);
    expect((await viewOutage(world.services, outageWith({ callers }))).lines).toBe(7);
    expect((await viewOutage(world.services, outageWith({ callers, maxConcurrentCalls: 5 }))).lines).toBe(5);
    expect((await viewOutage(world.services, outageWith({ callers, maxConcurrentCalls: 50 }))).lines).toBe(7);
  });

  it('shows nothing internal', async () => {
    const outage = outageWith();
    expect(outage.declaration).toBeDefined();
    expect(await viewOutage(new MemoryWorld().services, outage)).not.toHaveProperty('declaration');
  });

  it('has its count changes folded once a minute, and when the outage ends', async () => {
    const world = new MemoryWorld();
    await world.outage({}, ...NUMBERS.slice(0, 1));
    const unfolded = async (): Promise<boolean> => {
      const folded = new Set<string>();
      const { tallies } = world.services;
      const fold = tallies.fold.bind(tallies);
      tallies.fold = async (place) => {
        folded.add(`${place.outageId}|${place.shard}`);
        return fold(place);
      };
      await tendOutages(world.services);
      tallies.fold = fold;
      return folded.size === 0;
    };
    expect(await unfolded()).toBe(false);
    world.passes(10);
    expect(await unfolded()).toBe(true);
    const [{ recipientId = personId('nobody') } = {}] = await world.services.recipients.due(STORM, 'leased', 9);
    await concludeAttempt(
      world.services,
      { outageId: 'storm', shard: 0, recipientId, attempt: 1 },
      { outcome: 'heard' },
    );
    expect(await unfolded()).toBe(false);
  });
});

it('outages are listed the newest first', async () => {
  const world = new MemoryWorld();
  for (const [index, id] of ['first', 'second', 'third'].entries()) {
    await world.services.outages.add(outageWith({ id }, new Date(Date.UTC(2026, 0, 5, 8, index))));
  }
  expect((await listOutages(world.services)).map(({ id }) => id)).toEqual(['third', 'second', 'first']);
});
