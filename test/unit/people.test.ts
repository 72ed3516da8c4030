import { describe, expect, it } from 'vitest';
import { addPerson, correctPerson, removePerson } from '../../src/lib/outages/people.ts';
import type { RecipientId } from '../../src/lib/rules/calls/ids.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import { shardOf } from '../../src/lib/rules/outages/shard.ts';
import { personId } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';

async function town() {
  const world = new MemoryWorld();
  const { services } = world;
  const { outage } = await world.outage({ shards: 2 });
  const add = async (person: unknown) => addPerson(services, await services.outages.read(outage.id), person);
  return { world, services, outage, add };
}

/** An attempt to call this person begins. */
async function dispatch(world: MemoryWorld, outage: Outage, recipientId: RecipientId): Promise<void> {
  const shard = shardOf(outage, recipientId);
  const [due] = await world.services.recipients.due(shard, 'waiting', 1);
  if (!due) throw new Error('nobody is due');
  const line = { lineId: 'l', number: '+14255550190', etag: 'e', holder: 'h' };
  await world.services.recipients.dispatch({ ...shard, recipientId, attempt: 1 }, due, line, world.now);
}

describe('one person', () => {
  it('is added as a row of a list is, once', async () => {
    const { add } = await town();
    const person = { Phone: '(425) 555-0121', name: 'Ada', tz: 'America/Denver', floor: 3 };
    expect(await add(person)).toMatchObject({
      isNew: true,
      recipient: {
        identifier: { phoneNumber: { value: '+14255550121' } },
        name: 'Ada',
        timeZone: 'America/Denver',
        extra: { floor: '3' },
        phase: 'waiting',
      },
    });
    expect(await add({ phone: '+14255550121', name: 'Other' })).toMatchObject({
      isNew: false,
      recipient: { name: 'Ada' },
    });
  });

  it.each([
    [{ phone: '+14255550121 x5' }, 'phone: has an extension'],
    [{ name: 'Ada' }, 'The list has no column phone'],
    [{ phone: '+14255550190' }, 'is one of our own caller numbers'],
    [{ phone: '+14255550121', timeZone: 'BST' }, 'timeZone: BST is an abbreviation'],
    [['+14255550121'], 'The person cannot be added'],
  ])('is refused with the reason: %j', async (person, reason) => {
    const { add } = await town();
    await expect(add(person)).rejects.toThrow(reason);
  });

  it('is corrected', async () => {
    const { add, services, outage } = await town();
    const { recipient } = await add({ phone: '+14255550121', name: 'Ada', language: 'es' });
    const patch = { name: 'Adam', language: null, timeZone: '+01:00' };
    const after = await correctPerson(services, await services.outages.read(outage.id), recipient.recipientId, patch);
    expect(after).toMatchObject({ name: 'Adam', timeZone: 'UTC+1', phase: 'waiting' });
    const place = { ...shardOf(outage, recipient.recipientId), recipientId: recipient.recipientId };
    const stored = await services.recipients.find(place);
    expect(stored?.recipient).toMatchObject({ name: 'Adam', timeZone: 'UTC+1', dueRow: recipient.dueRow });
    expect(stored?.recipient.language).toBeFalsy();
    await expect(
      correctPerson(services, await services.outages.read(outage.id), recipient.recipientId, { timeZone: 'EST' }),
    ).rejects.toThrow('America/New_York');
    await expect(
      correctPerson(services, await services.outages.read(outage.id), personId('0'.repeat(20)), {}),
    ).rejects.toThrow('no such person');
  });

  it('is taken off, and can be added again', async () => {
    const { add, services, outage } = await town();
    const { recipient } = await add({ phone: '+14255550121' });
    await removePerson(services, outage, recipient.recipientId);
    await expect(removePerson(services, outage, recipient.recipientId)).rejects.toThrow('no such person');
    expect(await add({ phone: '+14255550121' })).toMatchObject({ isNew: true });
  });

  it('who is being called stays on the list', async () => {
    const { add, services, world, outage } = await town();
    const { recipient } = await add({ phone: '+14255550121' });
    await dispatch(world, outage, recipient.recipientId);
    await expect(removePerson(services, outage, recipient.recipientId)).rejects.toThrow('stays on the list');
  });
});
