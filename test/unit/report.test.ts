import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidInputError, TooLargeError } from '../../src/lib/base/errors.ts';
import { REPORT_COLUMNS } from '../../src/lib/lists/columns.ts';
import { meaningOf } from '../../src/lib/lists/known-columns.ts';
import type { ListType } from '../../src/lib/lists/list.ts';
import { importRecipients } from '../../src/lib/outages/import.ts';
import { reportOf } from '../../src/lib/views/report.ts';
import { MemoryWorld, recipientWith } from './support/memory-services.ts';

/** 2,500 people in three shards; a page of the list has at most a thousand. */
async function city() {
  const world = new MemoryWorld();
  const { services } = world;
  const { outage } = await world.outage({ shards: 3 });
  const ids: string[] = [];
  for (const [shard, size] of [1_200, 0, 1_300].entries()) {
    const people = Array.from({ length: size }, (_, index) =>
      recipientWith({ identifier: { communicationUser: { id: `8:acs:${shard}-${index}` } } }),
    );
    await services.recipients.add({ outageId: outage.id, shard }, people, () => new Date());
    ids.push(...people.map(({ recipientId }) => recipientId));
  }
  return { services, outage, ids: ids.sort() };
}

const quoted = (cells: readonly string[]): string => cells.map((cell) => `"${cell}"`).join();

const idsIn = (csv: string): string[] =>
  parse(csv, { bom: true, columns: true })
    .map((row: unknown) => (typeof row === 'object' && row && 'recipientId' in row ? String(row.recipientId) : ''))
    .sort();

it('a report has everybody once, whole or in parts', async () => {
  const { services, outage, ids } = await city();
  const whole = await reportOf(services, outage, {});
  expect(whole.next).toBeUndefined();
  expect(idsIn(whole.csv.toString())).toEqual(ids);

  const parts: string[] = [];
  let part: string | undefined = 'first';
  while (part !== undefined) {
    const { csv, next } = await reportOf(services, outage, { part }, { whole: 0, part: 1 });
    parts.push(csv.toString());
    part = next;
  }
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.join('')).toBe(whole.csv.toString());
});

it('a report has the columns of the lists too, in their order, after ours', async () => {
  const world = new MemoryWorld();
  const { outage } = await world.outage({});
  const add = async (list: string): Promise<void> => {
    const stored = await world.services.outages.read(outage.id);
    await importRecipients(world.services, stored, Readable.from([Buffer.from(list)]), 'text/csv');
  };
  await add('phone,zip,name,2024,state\n+14255550123,"=1+1",Zoë,yes,WA\n');
  await add('phone,floor,zip\n+14255550124,3,98052\n');
  const { csv } = await reportOf(world.services, (await world.services.outages.read(outage.id)).outage, {});
  const [header = '', ...rows] = csv.toString().split('\n');
  expect(header).toBe(`\ufeff${quoted([...REPORT_COLUMNS, 'zip', '2024', 'state', 'floor'])}`);
  expect(rows.find((row) => row.includes('0123'))).toMatch(/,"Zoë",.*,"waiting",.*,"'=1\+1","yes","WA",""$/);
  expect(rows.find((row) => row.includes('0124'))).toMatch(/,"98052","","","3"$/);
});

/** Trimmed, as lists are read, and without line ends, of which CSV knows only one kind in a cell. */
const texts = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '＝', "'", '"', ' ', ',', ';', '\t', '\n', 'x', '1'),
      maxLength: 30,
    }),
  )
  .map((text) => text.trim());

it('a report that is sent back as a list gives the same people, whatever their names and columns hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ name: texts, note: texts }), { minLength: 1, maxLength: 5 }),
      texts.filter((title) => title !== '' && meaningOf(title) === undefined),
      async (rows, title) => {
        const world = new MemoryWorld();
        const into = async (id: string, list: string, type: ListType) => {
          await world.outage({ id });
          const stored = await world.services.outages.read(id);
          const imported = await importRecipients(world.services, stored, Readable.from([Buffer.from(list)]), type);
          expect(imported).toMatchObject({ added: rows.length, rejected: 0 });
          const { outage } = await world.services.outages.read(id);
          const page = await world.services.recipients.page({ outageId: id, shard: 0 }, '', 100);
          return {
            outage,
            people: page.people.map(({ recipient: { recipientId, name, extra } }) => [recipientId, name, extra]),
          };
        };
        const json = rows.map(({ name, note }, index) => ({
          phone: `+1425555010${index}`,
          name,
          [title]: note,
          state: 'WA',
        }));
        const first = await into('storm', json.map((row) => JSON.stringify(row)).join('\n'), 'application/x-ndjson');
        const report = await reportOf(world.services, first.outage, {});
        const again = await into('again', report.csv.toString(), 'text/csv');
        expect(again.people).toEqual(first.people);
        expect(again.outage.ownColumns).toEqual(first.outage.ownColumns);
      },
    ),
    { numRuns: 60 },
  );
});

it('a report that is too long is refused, and says how to get it', async () => {
  const { services, outage } = await city();
  const report = reportOf(services, outage, {}, { whole: 1_000, part: 1_000 });
  await expect(report).rejects.toThrow(TooLargeError);
  await expect(report).rejects.toThrow('get it in parts, with ?part=first');
});

it('a report of nobody is its header row, and there is no part that no answer named', async () => {
  const world = new MemoryWorld();
  const { outage } = await world.outage({});
  expect((await reportOf(world.services, outage, {})).csv.toString()).toBe(`\ufeff${quoted(REPORT_COLUMNS)}\n`);
  await expect(reportOf(world.services, outage, { part: 'second' })).rejects.toThrow(InvalidInputError);
});
