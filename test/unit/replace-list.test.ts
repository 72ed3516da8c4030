import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { importRecipients } from '../../src/lib/outages/import.ts';
import type { RecipientId } from '../../src/lib/rules/calls/ids.ts';
import { shardsOf } from '../../src/lib/rules/outages/shard.ts';
import { recipientIdOf } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';

const numberOf = (index: number): string => `+1425556${String(index).padStart(4, '0')}`;
const idOf = (index: number): RecipientId => recipientIdOf({ phoneNumber: { value: numberOf(index) } });

async function town() {
  const world = new MemoryWorld();
  const { services } = world;
  const { outage } = await world.outage({ shards: 2 });
  const send = async (indexes: readonly number[], mode: 'add' | 'replace', more = '') => {
    const list = Readable.from([Buffer.from(['phone', ...indexes.map(numberOf), more].join('\n'))]);
    return importRecipients(services, await services.outages.read(outage.id), list, 'text/csv', { mode });
  };
  const onList = async (): Promise<string[]> => {
    const ids = await Promise.all(shardsOf(outage).map((shard) => services.recipients.ids(shard)));
    return ids.flatMap((each) => [...each]).sort();
  };
  const counted = async (): Promise<number> => {
    const since = new Date(0);
    const all = await Promise.all(shardsOf(outage).map((shard) => services.tallies.standing(shard, since)));
    return all.reduce((sum, { tally }) => sum + tally.recipients, 0);
  };
  return { world, outage, send, onList, counted };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const idsOf = (indexes: readonly number[]): string[] => indexes.map(idOf).sort();

describe('a list that replaces the list of an outage', () => {
  it('takes off those who are not in it, adds those who are new, and the counts follow', async () => {
    const { send, onList, counted } = await town();
    await send(upTo(300), 'add');
    const later = [...upTo(20), 500, 501];
    expect(await send(later, 'replace')).toMatchObject({ added: 2, alreadyThere: 20, removed: 280 });
    expect(await onList()).toEqual(idsOf(later));
    expect(await counted()).toBe(22);
  });

  it('may bring back whom an earlier one took off', async () => {
    const { send, onList, counted } = await town();
    await send([1, 2], 'add');
    expect(await send([2], 'replace')).toMatchObject({ removed: 1 });
    expect(await send([1, 2], 'replace')).toMatchObject({ added: 1, alreadyThere: 1, removed: 0 });
    expect(await send([2], 'replace')).toMatchObject({ removed: 1 });
    expect(await onList()).toEqual(idsOf([2]));
    expect(await counted()).toBe(1);
  });

  it('keeps those who are being called or were called', async () => {
    const { world, outage, send, onList } = await town();
    await send([1, 2], 'add');
    for (const shard of shardsOf(outage)) {
      const due = (await world.services.recipients.due(shard, 'waiting', 10)).find(
        ({ recipientId }) => recipientId === idOf(1),
      );
      const ref = { outageId: outage.id, shard: shard.shard, recipientId: idOf(1), attempt: 1 };
      const line = { lineId: 'l', number: '+14255550190', etag: 'e', holder: 'h' };
      if (due) expect(await world.services.recipients.dispatch(ref, due, line, world.now)).toBe(true);
    }
    expect(await send([3], 'replace')).toMatchObject({ added: 1, removed: 1 });
    expect(await onList()).toEqual(idsOf([1, 3]));
  });

  it('that names nobody is refused, and takes nobody off', async () => {
    const { send, onList } = await town();
    await send([1, 2], 'add');
    await expect(send([], 'replace', 'nobody')).rejects.toThrow('The list names nobody');
    expect(await onList()).toEqual(idsOf([1, 2]));
  });

  it('is one only if it is asked for', async () => {
    const { send } = await town();
    await send([1, 2], 'add');
    expect((await send([3], 'add')).removed).toBeUndefined();
  });
});
