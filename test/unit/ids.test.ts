import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { importRecipients } from '../../src/lib/outages/import.ts';
import { keyedIds } from '../../src/lib/rules/calls/ids.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import { storesOn } from '../../src/lib/storage/stores.ts';
import { IDS } from '../fixtures/ids.ts';
import { MemoryWorld, outageWith } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

const ANN = { phoneNumber: { value: '+14255550123' } };
/** What anybody can compute. */
const plain = createHash('sha256').update(ANN.phoneNumber.value).digest('hex').slice(0, 20);

/** An outage of a version that named people by plain digests. */
const oldOutage = (): Outage => ({ ...outageWith(), ids: undefined });

describe('the id of a number', () => {
  it('cannot be made without the secret', () => {
    const others = keyedIds('another secret of more than thirty-two characters');
    expect(IDS.numberIdOf(ANN)).not.toBe(others.numberIdOf(ANN));
    expect(IDS.numberIdOf(ANN)).not.toBe(plain);
    expect(IDS.recipientIdOf(outageWith(), ANN)).not.toBe(plain);
  });

  it('can be made from the plain digest that an earlier version kept', () => {
    expect(IDS.fromPlain(plain)).toBe(IDS.numberIdOf(ANN));
  });
});

describe('an upgrade from a version with plain digests', () => {
  const list = () => Readable.from([Buffer.from('phone\n+14255550123\n')]);

  it('keeps every opt-out, also if it is interrupted and repeated', async () => {
    const tables = new MemoryTables();
    const because = { outageId: 'storm', at: '2025-01-05T08:00:00.000Z' };
    await tables.commit('OptOuts', 'opt-outs', [{ kind: 'insert', rowKey: plain, columns: because }]);
    const { optOuts } = storesOn(tables, () => new Date(), IDS);
    await optOuts.convert();
    expect(await optOuts.find(IDS.numberIdOf(ANN))).toEqual(because);
    expect(JSON.stringify(await tables.query('OptOuts', 'opt-outs', { from: '', to: '~' }, 9))).toBe('[]');
    await tables.commit('OptOuts', 'opt-outs', [{ kind: 'insert', rowKey: plain, columns: because }]);
    await storesOn(tables, () => new Date(), IDS).optOuts.convert();
    expect(await optOuts.find(IDS.numberIdOf(ANN))).toEqual(because);
    expect(JSON.stringify(await tables.query('OptOuts', 'opt-outs', { from: '', to: '~' }, 9))).toBe('[]');
  });

  it('leaves the people of a running outage their ids, so that its list can be sent again', async () => {
    const { services } = new MemoryWorld();
    const { outage } = await services.outages.add(oldOutage());
    const stored = await services.outages.read(outage.id);
    expect(await importRecipients(services, stored, list(), 'text/csv')).toMatchObject({ added: 1 });
    expect(await services.recipients.ids({ outageId: outage.id, shard: 0 })).toEqual(new Set([plain]));
    expect(await importRecipients(services, stored, list(), 'text/csv')).toMatchObject({ added: 0, alreadyThere: 1 });
  });
});
