import { describe, expect, it } from 'vitest';
import { expired } from '../../src/lib/rules/outages/attempts.ts';
import { startingWith } from '../../src/lib/storage/table-store.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const phones = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `+1425556${String(index).padStart(4, '0')}`);

/** An outage with recipients. `unfolded` counts its changes that are not in the sums yet. */
async function storm(people: number) {
  const tables = new MemoryTables();
  const world = new MemoryWorld(tables);
  const { people: list } = await world.outage({}, ...phones(people));
  const unfolded = async (): Promise<number> =>
    (await tables.query('Recipients', 'storm|0', startingWith('count|change|'), Number.POSITIVE_INFINITY)).length;
  return { world, list, unfolded };
}

const at = (time: string): Date => new Date(`2026-01-05T${time}Z`);

describe('the changes that an outage counts are folded into its sums', () => {
  it('when a minute boundary has passed, not at every tick', async () => {
    const { world, unfolded } = await storm(1);
    for (const time of ['08:00:10.000', '08:00:50.000']) {
      world.now = at(time);
      await tendOutages(world.services);
    }
    expect(await unfolded()).toBe(1);
    world.now = at('08:01:00.400');
    await tendOutages(world.services);
    expect(await unfolded()).toBe(0);
  });

  it.each([
    ['on the minute', '08:01:00.000'],
    ['before it', '08:00:55.000'],
    ['after it, because the tick before was slow too', '08:01:05.000'],
  ])('even if a tick takes eleven seconds, from %s', async (_, begins) => {
    const { world, unfolded } = await storm(1);
    const { lines } = world.services;
    const survey = lines.survey.bind(lines);
    lines.survey = () => {
      world.passes(11);
      return survey();
    };
    world.now = at(begins);
    await tendOutages(world.services);
    expect(await unfolded()).toBe(0);
  });

  it('completely before the outage ends, in as many ticks as that takes', async () => {
    const { world, list, unfolded } = await storm(5_000);
    world.now = at('08:00:20.000');
    for (const { recipientId } of list) {
      const place = { outageId: 'storm', shard: 0, recipientId };
      const stored = await world.services.recipients.find(place);
      if (stored) await world.services.recipients.save(place, stored, expired(stored.recipient, world.now));
    }
    const state = async () => (await world.services.outages.read('storm')).outage.state;
    await tendOutages(world.services);
    expect([await state(), (await unfolded()) > 0]).toEqual(['running', true]);
    for (let ticks = 0; ticks < 2; ticks++) await tendOutages(world.services);
    expect([await state(), await unfolded()]).toEqual(['finished', 0]);
  });
});
