import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../../local/stack.ts';
import { XLSX } from '../../src/lib/lists/list.ts';
import { MAX_LIST } from '../../src/lib/rules/outages/list-parts.ts';
import { number, xlsx } from '../fixtures/workbook.ts';
import { ask } from './support/api.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

let outages = 0;
/** Declares a new outage that calls nobody during the test. */
async function declared(): Promise<string> {
  const id = `storm-${++outages}`;
  const script = { message: 'https://audio.example/message.wav' };
  const { status } = await ask(stack, 'createOutage', {
    body: { id, title: 'Storm', launch: true, script, startAt: '2099-01-01T00:00:00Z' },
  });
  expect(status).toBe(201);
  return id;
}

async function upload(id: string, type: string | undefined, body: string | Buffer): Promise<[number, unknown]> {
  const response = await fetch(`${stack.url}/api/outages/${id}/recipients`, {
    method: 'PUT',
    headers: { 'x-functions-key': stack.functionKey, ...(type !== undefined && { 'content-type': type }) },
    body: new Uint8Array(Buffer.from(body)),
  });
  return [response.status, await response.json()];
}

const recipientsOf = async (id: string) => (await ask(stack, 'getOutage', { params: { id } })).body;

describe('a list of people over HTTP', () => {
  it('may be sent as CSV and as NDJSON, and both add to the same list', async () => {
    const id = await declared();
    const csv = await upload(id, 'text/csv; charset=utf-8', 'phone,name\n(425) 555-0121,Ann\nnobody,Eve\n');
    expect(csv).toEqual([200, expect.objectContaining({ added: 1, rejected: 1 })]);
    const ndjson = '{"phone":"+14255550121"}\n{"phone":"+14255550122","name":"Bob"}\n';
    expect(await upload(id, 'application/x-ndjson', ndjson)).toEqual([
      200,
      expect.objectContaining({ added: 1, alreadyThere: 1, duplicates: 0, rejected: 0, rejections: [] }),
    ]);
    expect(await recipientsOf(id)).toMatchObject({ recipients: 2, states: { waiting: 2, calling: 0, done: 0 } });
  });

  it('may be a workbook, of which one sheet is read, and is checked as such', async () => {
    const id = await declared();
    const headers = { 'x-functions-key': stack.functionKey, 'content-type': XLSX };
    const body = xlsx({
      sheets: [
        { name: 'Notes', rows: [['Remember']] },
        {
          name: 'Customers',
          rows: [
            ['Phone', 'Name'],
            [number('4255550121'), 'Ann'],
            ['nobody', 'Eve'],
          ],
        },
      ],
    });
    const route = `${stack.url}/api/outages/${id}/recipients`;
    const checked = await fetch(`${route}/check?sheet=customers`, { method: 'POST', headers, body });
    expect([checked.status, await checked.json()]).toEqual([
      200,
      expect.objectContaining({ wouldBeAdded: 1, rejected: 1, countries: { US: 1 } }),
    ]);
    const added = await fetch(`${route}?sheet=customers`, { method: 'PUT', headers, body });
    expect([added.status, await added.json()]).toEqual([
      200,
      expect.objectContaining({ added: 1, rejections: [expect.objectContaining({ line: 3 })] }),
    ]);
    const refused = await fetch(route, { method: 'PUT', headers, body });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining('has no column phone') }),
    ]);
  });

  it('is refused if it is compressed', async () => {
    const response = await fetch(`${stack.url}/api/outages/${await declared()}/recipients`, {
      method: 'PUT',
      headers: { 'x-functions-key': stack.functionKey, 'content-type': 'text/csv', 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync('phone\n+14255550121\n')),
    });
    expect([response.status, await response.json()]).toEqual([
      415,
      expect.objectContaining({ detail: 'content-encoding: gzip is not supported; send the body uncompressed' }),
    ]);
  });

  it('has its columns told by the route, is checked without being stored, and its rejected rows can be had', async () => {
    const id = await declared();
    const body = 'Who,Call,Note\nAda,+14255550121,a\nBob,+14255550122 x5,b\nCy,+14255550121,c\n';
    const query = { phone: 'Call', name: 'who' };
    const checked = await ask(stack, 'checkRecipients', { params: { id }, query, body });
    expect(checked).toMatchObject({
      status: 200,
      body: {
        wouldBeAdded: 1,
        duplicates: 1,
        duplicateRows: [{ line: 4, first: 2 }],
        rejected: 1,
        countries: { US: 1 },
      },
    });
    expect(await recipientsOf(id)).toMatchObject({ recipients: 0 });
    expect(await ask(stack, 'getRejectedRows', { params: { id } })).toMatchObject({ status: 404 });

    expect(await ask(stack, 'importRecipients', { params: { id }, query, body })).toMatchObject({
      status: 200,
      body: {
        added: 1,
        columns: [{ column: 'Who', as: 'name' }, { column: 'Call', as: 'phone' }, { column: 'Note' }],
      },
    });
    const { body: csv } = await ask(stack, 'getRejectedRows', { params: { id } });
    expect(csv).toBe(
      '"rejected line","rejected because","Who","Call","Note"\n"3","phone: has an extension, which cannot be dialled","Bob","\'+14255550122 x5","b"\n',
    );
  });

  it.each([undefined, 'application/json'])('of an unknown type is refused: %s', async (type) => {
    const [status, problem] = await upload(await declared(), type, 'phone\n+14255550121\n');
    expect(status).toBe(400);
    expect(problem).toMatchObject({ errors: [`content-type: must be text/csv or application/x-ndjson or ${XLSX}`] });
  });

  it('that is longer than its limit is refused, and nobody is added', async () => {
    const id = await declared();
    const row = '+14255550121\n';
    const list = `phone\n${row.repeat(Math.ceil(MAX_LIST / row.length))}`;
    const [status, problem] = await upload(id, 'text/csv', list);
    expect(status).toBe(413);
    const detail = 'The body is larger than 8 MB: send it in parts, each with the header row';
    expect(problem).toMatchObject({ title: 'Content too large', detail });
    expect(await recipientsOf(id)).toMatchObject({ recipients: 0 });
  });

  it('may have a row that never ends: its other rows are kept, and are not added twice when it is sent again', async () => {
    const id = await declared();
    const people = Array.from({ length: 120 }, (_, index) => `{"phone":"+1425555${1000 + index}"}\n`).join('');
    const [status, report] = await upload(id, 'application/x-ndjson', `${people}${'x'.repeat(10_000)}`);
    expect([status, report]).toEqual([200, expect.objectContaining({ added: 120, rejected: 1 })]);
    expect(await recipientsOf(id)).toMatchObject({ recipients: 120 });
    const again = await upload(id, 'application/x-ndjson', people);
    expect(again).toEqual([200, expect.objectContaining({ added: 0, alreadyThere: 120 })]);
    expect(await recipientsOf(id)).toMatchObject({ recipients: 120 });
  });
});
