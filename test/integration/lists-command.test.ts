import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImportReport } from '../../src/lib/rules/outages/import-report.ts';
import { number, xlsx } from '../fixtures/workbook.ts';
import { run } from './support/commands.ts';
import { Town } from './support/town.ts';

/** `npm run -s lists`, against the running app. */

let town: Town;
let folder: string;
beforeAll(async () => {
  town = await Town.found();
  folder = await mkdtemp(join(tmpdir(), 'lists-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await town.close();
});

/** An outage that does not begin during the test. */
const laterOutage = () => town.declare([], { startAt: new Date(Date.now() + 3_600_000).toISOString() });

async function lists(...words: string[]): Promise<string> {
  const flags = ['--url', town.stack.url, '--key', town.stack.functionKey];
  const { code, out } = await run(['node local/lists.ts', ...words, ...flags].join(' '));
  expect(code).toBe(0);
  return out;
}

async function upload(outageId: string, name: string, content: string | Uint8Array, ...flags: string[]) {
  const file = join(folder, name);
  await writeFile(file, content);
  return ImportReport.parse(JSON.parse(await lists('upload', outageId, file, ...flags)));
}

const get = (path: string): Promise<Response> =>
  fetch(`${town.stack.url}/api/outages/${path}`, { headers: { 'x-functions-key': town.stack.functionKey } });

test('a workbook is uploaded: the sheet that is named, with every digit of its number cells', async () => {
  const outage = await laterOutage();
  const workbook = xlsx({
    sheets: [
      { name: 'Notes', rows: [['nothing here']] },
      {
        name: 'Customers',
        rows: [
          ['Name', 'Mobile', 'House'],
          ['Ada', number('14255550123'), 'A'],
          ['Bob', '(425) 555-0124', 'B'],
          ['Cy', 'none', 'C'],
        ],
      },
    ],
  });
  const report = await upload(outage.id, 'people.xlsx', workbook, '--sheet', 'Customers');
  expect(report).toMatchObject({ added: 2, rejected: 1, rejections: [{ line: 4 }] });
  const csv = await lists('report', outage.id);
  expect(csv).toContain('+14255550123');
  expect(csv).toContain('+14255550124');
}, 60_000);

test('a list that is sent in parts leaves the rejected rows of all of them, with their lines in the file', async () => {
  const outage = await laterOutage();
  // Long cells: two parts of few rows.
  const rows = Array.from({ length: 300 }, (_, index) => {
    const phone = `+1${301 + Math.floor(index / 100)}55501${String(index % 100).padStart(2, '0')}`;
    return `${phone},${'x'.repeat(7_500)}`;
  });
  rows[1] = 'first part,';
  rows[298] = 'last part,';
  const report = await upload(outage.id, 'long.csv', ['phone,note', ...rows].join('\n'));
  expect(report).toMatchObject({ added: 298, rejected: 2, rejections: [{ line: 3 }, { line: 300 }] });
  const rejected = await (await get(`${outage.id}/rejected.csv`)).text();
  expect(rejected.match(/"(?:first|last) part"/g)).toEqual(['"first part"', '"last part"']);
  expect(rejected.match(/^"(\d+)"/gm)).toEqual(['"3"', '"300"']);
}, 60_000);
