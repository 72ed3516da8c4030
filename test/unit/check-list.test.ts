import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { checkList } from '../../src/lib/outages/check-list.ts';
import { importRecipients } from '../../src/lib/outages/import.ts';
import { rejectedCsv } from '../../src/lib/views/rejected-csv.ts';
import { numberIdOf, recipientIdOf } from '../fixtures/ids.ts';
import { MemoryWorld } from './support/memory-services.ts';
import { MemoryTables } from './support/memory-tables.ts';

class CountedTables extends MemoryTables {
  commits = 0;
  override commit(...asked: Parameters<MemoryTables['commit']>): ReturnType<MemoryTables['commit']> {
    this.commits++;
    return super.commit(...asked);
  }
}

const piecesOf = (csv: string): Readable => Readable.from([Buffer.from(csv)]);

describe('a check of a list', () => {
  it('counts what adding it would do, and stores nothing', async () => {
    const tables = new CountedTables();
    const world = new MemoryWorld(tables);
    const quietHours = { from: '21:00', to: '08:00', timeZone: 'America/New_York' };
    const { outage } = await world.outage({ quietHours }, '+14255550101');
    const optedOut = numberIdOf({ phoneNumber: { value: '+14255550102' } });
    await world.services.optOuts.add(optedOut, { at: world.now });
    tables.commits = 0;
    const list = [
      'phone,name,Time Zone,floor',
      '+14255550101,there',
      '+14255550102,opted out,America/Denver,3',
      '+447700900123,Brit,Europe/London',
      '(425) 555-0102,again',
      '+19005550123,dear',
      '',
    ].join('\n');
    const { check, rejected } = await checkList(world.services, outage, piecesOf(list), 'text/csv');
    expect(check).toEqual({
      wouldBeAdded: 2,
      alreadyThere: 1,
      duplicates: 1,
      optedOut: 1,
      rejected: 1,
      columns: [
        { column: 'phone', as: 'phone', first: ['+14255550101', '+14255550102', '+447700900123'] },
        { column: 'name', as: 'name', first: ['there', 'opted out', 'Brit'] },
        { column: 'Time Zone', as: 'timeZone', first: ['', 'America/Denver', 'Europe/London'] },
        { column: 'floor', first: ['', '3', ''] },
      ],
      duplicateRows: [{ line: 5, first: 3 }],
      rejections: [{ line: 6, reason: expect.stringContaining('is a premium-rate number') }],
      countries: { US: 2, '+44': 1 },
      kinds: { mobileOrLandline: 2, unknown: 1 },
      timeZones: {
        given: { 'America/Denver': 1, 'Europe/London': 1 },
        missing: 1,
        missingInNorthAmerica: 1,
        assumed: 'America/New_York',
      },
      firstRows: expect.arrayContaining([
        expect.objectContaining({ line: 3, phone: '+14255550102', timeZone: 'America/Denver', own: { floor: '3' } }),
      ]),
    });
    expect(rejected).toEqual([expect.objectContaining({ line: 6, cells: ['+19005550123', 'dear'] })]);
    expect(tables.commits).toBe(0);
  });

  it('assumes no zone if there are no quiet hours', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    const { check } = await checkList(world.services, outage, piecesOf('phone\n+14255550101\n'), 'text/csv');
    expect(check.timeZones).toEqual({ given: {}, missing: 1, missingInNorthAmerica: 1 });
  });

  it('shows the columns and their first cells if it is unclear which is which, and counts nothing', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    const checked = async (csv: string, mapping = {}) =>
      (await checkList(world.services, outage, piecesOf(csv), 'text/csv', { mapping })).check;

    const rows = '0425 555 0101,Ada,A\n(425) 555-0102,Bob,B\n(425) 555-0103,Cy,C\n(425) 555-0104,Di,D\n';
    expect(await checked(`Erreichbar unter,Name,Haus\n${rows}`)).toMatchObject({
      unclear: [{ as: 'phone', columns: [] }],
      columns: [
        { column: 'Erreichbar unter', first: ['0425 555 0101', '(425) 555-0102', '(425) 555-0103'] },
        { column: 'Name', as: 'name', first: ['Ada', 'Bob', 'Cy'] },
        { column: 'Haus', first: ['A', 'B', 'C'] },
      ],
      wouldBeAdded: 0,
      rejected: 0,
    });

    const twice = 'Mobile,Cell,name\n(425) 555-0101,(425) 555-0102,Ada\n';
    expect((await checked(twice)).unclear).toEqual([{ as: 'phone', columns: ['Mobile', 'Cell'] }]);
    const told = await checked(twice, { phone: 'Cell', name: '' });
    expect(told).toMatchObject({ wouldBeAdded: 1, firstRows: [{ phone: '+14255550102', own: { name: 'Ada' } }] });
    expect(told).not.toHaveProperty('unclear');
    await expect(checked('+14255550101,Ada\n+14255550102,Bob\n')).rejects.toThrow('seems to be a person');
  });
});

describe('the rejected rows of an import', () => {
  it('stay with the outage, and can be corrected and sent again', async () => {
    const world = new MemoryWorld();
    const { services } = world;
    const { outage } = await world.outage({});
    const send = async (csv: string) =>
      importRecipients(services, await services.outages.read(outage.id), piecesOf(csv), 'text/csv');
    await send('phone,note\n+14255550101 x5,"=1+1"\n+14255550102,ok\n');
    const rejected = await services.rejectedRows.latest(outage.id);
    const csv = rejectedCsv(rejected?.header ?? [], rejected?.rows ?? []).toString();
    expect(csv).toContain(`"'+14255550101 x5","'=1+1"`);
    const report = await send(csv.replace(' x5', ''));
    expect(report).toMatchObject({ added: 1, rejected: 0, columns: [{ as: 'phone' }, { column: 'note' }] });
    const added = await services.recipients.find({
      outageId: outage.id,
      shard: 0,
      recipientId: recipientIdOf({ phoneNumber: { value: '+14255550101' } }),
    });
    expect(added?.recipient.extra).toEqual({ note: '=1+1' });
    // A later list without any keeps those of the earlier one.
    expect((await services.rejectedRows.latest(outage.id))?.rows).toHaveLength(1);
  });

  it('have the same columns again if a corrected list is rejected once more', async () => {
    const world = new MemoryWorld();
    const { services } = world;
    const { outage } = await world.outage({});
    const rejectedOf = async (csv: string): Promise<string> => {
      await importRecipients(services, await services.outages.read(outage.id), piecesOf(csv), 'text/csv');
      const rejected = await services.rejectedRows.latest(outage.id);
      world.passes(1);
      return rejectedCsv(rejected?.header ?? [], rejected?.rows ?? []).toString();
    };
    const first = await rejectedOf('phone,note\n+14255550101 x5,"=1+1"\n');
    expect(await rejectedOf(first)).toBe(first);
  });

  it('name the row whose name is too long to be spoken', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    const list = `phone,first name,last name\n+14255550101,${'a'.repeat(199)},\n+14255550102,${'a'.repeat(199)},b\n`;
    const { check } = await checkList(world.services, outage, piecesOf(list), 'text/csv');
    expect(check).toMatchObject({
      wouldBeAdded: 1,
      rejections: [{ line: 3, reason: 'name: is longer than 200 characters' }],
    });
  });

  it('of a list in parts are kept together, with their lines in the whole list, and apart from those of other lists', async () => {
    const world = new MemoryWorld();
    const { services } = world;
    const { outage } = await world.outage({});
    const send = async (list: string, linesBefore: number, ...rows: string[]) => {
      world.passes(60);
      const csv = `phone,note\n${rows.join('\n')}\n`;
      const stored = await services.outages.read(outage.id);
      return importRecipients(services, stored, piecesOf(csv), 'text/csv', { part: { list, linesBefore } });
    };
    await send('friday', 0, 'none,a', '+14255550101,');
    await send('monday', 0, '+14255550102,', 'none,b');
    expect(await send('monday', 2, 'none,c', '+14255550103,')).toMatchObject({ added: 1, rejections: [{ line: 4 }] });
    // Sent again, because the answer was lost.
    await send('monday', 2, 'none,c', '+14255550103,');
    await send('monday', 4, '+14255550104,');
    const rejected = await services.rejectedRows.latest(outage.id);
    expect(rejected?.rows.map(({ line, cells }) => [line, cells[1]])).toEqual([
      [3, 'b'],
      [4, 'c'],
    ]);
  });

  it('are those of the latest list that had any, and many are kept', async () => {
    const world = new MemoryWorld();
    const { outage } = await world.outage({});
    for (const [index, count] of [3, 250].entries()) {
      world.passes(60);
      const stored = await world.services.outages.read(outage.id);
      await importRecipients(world.services, stored, piecesOf(`phone,n\n${`no,${index}\n`.repeat(count)}`), 'text/csv');
    }
    const rejected = await world.services.rejectedRows.latest(outage.id);
    expect(rejected?.rows.map(({ line }) => line)).toEqual(Array.from({ length: 250 }, (_, index) => index + 2));
    expect(rejected?.rows[0]).toMatchObject({ reason: 'phone: has letters', cells: ['no', '1'] });
  });
});
