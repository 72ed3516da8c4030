import { describe, expect, it } from 'vitest';
import { onSetAside, type SetAside } from '../../src/lib/storage/set-aside.ts';
import type { Columns, TableName } from '../../src/lib/storage/table-store.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { tendRequests } from '../../src/lib/upkeep/tend-requests.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const [ANN, BOB] = ['+14255550121', '+14255550122'];
const set: SetAside[] = [];
onSetAside((row) => set.push(row));

/** A world whose outage has these people, and a way to change its rows as another version would. */
async function world(...numbers: string[]) {
  set.length = 0;
  const tables = new MemoryTables();
  const made = new MemoryWorld(tables);
  await made.outage({ retry: { maxAttempts: 1, delaySeconds: {} } }, ...numbers);
  const write = async (table: TableName, partition: string, rowKey: string, columns: Columns) => {
    await tables.commit(table, partition, [{ kind: 'merge', rowKey, columns, etag: '*' }]);
  };
  const row = async (table: TableName, partition: string, rowKey: string) =>
    (await tables.get(table, partition, rowKey))?.columns;
  return { made, write, row };
}

describe('a row that another version wrote', () => {
  it('stops nothing if it has an unknown column, which survives every change', async () => {
    const { made, write, row } = await world(ANN);
    await write('Outages', 'outage', 'outage|storm', { colour: 'red' });
    await tendOutages(made.services);
    expect(made.queues.on('start-call')).toHaveLength(1);
    const stored = await made.services.outages.read('storm');
    await made.services.outages.save(stored, { ...stored.outage, title: 'Flood' });
    expect(await row('Outages', 'outage', 'outage|storm')).toMatchObject({ colour: 'red', title: 'Flood' });
  });

  it('is set aside if it is an outage in an unknown state; others are attended to', async () => {
    const { made, write } = await world(ANN);
    await made.services.outages.add({ ...outageWith({ id: 'flood' }), state: 'running' });
    await write('Outages', 'outage', 'outage|flood', { state: 'hibernating' });
    await tendOutages(made.services);
    expect(made.queues.on('start-call')).toHaveLength(1);
    expect(set).toMatchObject([{ table: 'Outages', rowKey: 'outage|flood' }]);
    expect((await made.services.outages.list()).map(({ id }) => id)).toEqual(['storm']);
  });

  it('is set aside if it is a line, which is not used', async () => {
    const { made, write } = await world(ANN, BOB);
    const [line] = await made.services.lines.list();
    await write('Lines', 'lines', line?.lineId ?? '', { index: 'first' });
    await tendOutages(made.services);
    expect(made.queues.on('start-call')).toHaveLength(1);
    expect(set).toMatchObject([{ table: 'Lines', rowKey: line?.lineId }]);
  });

  it('keeps its line if it is a recipient in a call; the others of the shard are called, and the outage does not end', async () => {
    const { made, write } = await world(ANN, BOB);
    await tendOutages(made.services);
    const [bad] = made.queues.on('start-call');
    const id = bad && 'recipientId' in bad ? String(bad.recipientId) : '';
    await write('Recipients', 'storm|0', `recipient|${id}`, { phase: 'levitating' });
    made.passes(301);
    const [tended] = await tendOutages(made.services);
    expect(tended?.problems).toHaveLength(1);
    expect(made.queues.on('start-call')).toHaveLength(3);
    const { people } = await made.services.recipients.page({ outageId: 'storm', shard: 0 }, '', 10);
    expect(people).toHaveLength(1);
    expect(set).toMatchObject([{ table: 'Recipients', partition: 'storm|0', rowKey: `recipient|${id}` }]);
    expect((await made.services.outages.read('storm')).outage.state).toBe('running');
  });

  it('does not stop the other requests if it is one of them', async () => {
    const { made, write } = await world();
    for (const requestId of ['a', 'b']) {
      const message = { targets: [{ phoneNumber: { value: ANN } }], requestId };
      const request = { requestId, queue: 'start-call', message, phase: 'waiting' } as const;
      await made.services.requests.save(undefined, request, made.now);
    }
    await write('Requests', 'requests', 'request|a', { phase: 'levitating' });
    const { problems } = await tendRequests(made.services);
    expect(problems).toHaveLength(1);
    expect(made.queues.on('start-call')).toMatchObject([{ requestId: 'b' }]);
  });
});
