import { describe, expect, it } from 'vitest';
import { bound, claimed, concluded } from '../../src/lib/outages/attempts.ts';
import { summarize } from '../../src/lib/outages/summary.ts';
import { MemoryWorld } from './support/memory-services.ts';

describe('how an outage stands', () => {
  it('is nothing yet where nobody is on its list', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    await expect(summarize(world.services, outage)).resolves.toEqual({
      id: 'storm',
      title: 'Storm',
      state: 'running',
      startedAt: undefined,
      finishedAt: undefined,
      recipients: 0,
      phases: {},
      outcomes: {},
      attempts: 0,
    });
  });

  it('counts everybody once, by where they are and how they ended', async () => {
    const world = new MemoryWorld();
    const numbers = ['+14255550121', '+14255550122', '+14255550123', '+14255550124'];
    const { outage, people } = await world.outage({}, ...numbers);
    const { recipients } = world.services;
    for (const [index, outcome] of (['acknowledged', 'busy', undefined] as const).entries()) {
      const place = { outageId: 'storm', shard: 0, recipientId: people[index]?.recipientId ?? '', attempt: 1 };
      const [due] = (await recipients.due('storm', 0, 'waiting', 9)).filter(
        (row) => row.recipientId === place.recipientId,
      );
      if (!due) throw new Error('nobody is due');
      const line = { lineId: `line-${index}`, number: '+14255550190', etag: 'etag' };
      await recipients.dispatch(place, due, line, world.now);
      const dispatched = await recipients.find(place);
      const dialling =
        dispatched && (await recipients.save(place, dispatched, claimed(dispatched.recipient, new Date(0))));
      if (!dialling) throw new Error('nobody was dialled');
      const result = outcome && { attempt: 1, outcome, at: world.now.toISOString() };
      const moved = result && concluded(dialling.recipient, result, outage.retry, world.now);
      await recipients.save(place, dialling, moved ?? bound(dialling.recipient, 'leg-1'));
    }
    await expect(summarize(world.services, outage)).resolves.toMatchObject({
      recipients: 4,
      phases: { done: 1, waiting: 2, dialling: 1 },
      outcomes: { acknowledged: 1 },
      attempts: 2,
    });
  });

  it('counts every shard', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({ shards: 2 }, '+14255550121');
    const { people } = await new MemoryWorld().outage({}, '+14255550122');
    await world.services.recipients.add('storm', 1, people, () => world.now);
    await expect(summarize(world.services, outage)).resolves.toMatchObject({ recipients: 2, phases: { waiting: 2 } });
  });
});
