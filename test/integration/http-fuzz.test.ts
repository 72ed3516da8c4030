import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Town } from './support/town.ts';

/** Whatever a client sends besides, a route's parameters and the headers that the app reads are those of the request. */

let town: Town;
let outageId: string;
beforeAll(async () => {
  town = await Town.found();
  outageId = (await town.declare([], { startAt: '2030-01-01T00:00:00.000Z' })).id;
});
afterAll(() => town.close());

/** Not `fetch`: it sends no body with GET, and refuses some headers. */
async function send(method: string, path: string, headers: Record<string, string>, body: string) {
  const options = { method, headers: { 'x-functions-key': town.stack.functionKey, ...headers } };
  const asked = request(`${town.stack.url}/api/${path}`, options);
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject).end(body);
  });
  return { status: answer.statusCode, body: await text(answer) };
}

/** Names that the host or the worker give a meaning, in any case, and any others. */
const RESERVED = ['id', 'headers', 'query', 'params', 'req', 'request', 'sys', '$request', 'method', 'body', 'file'];
const name = fc.oneof(
  fc.tuple(fc.constantFrom(...RESERVED), fc.boolean(), fc.boolean()).map(([word, isUpper, isTitle]) => {
    if (isUpper) return word.toUpperCase();
    return isTitle ? word.charAt(0).toUpperCase() + word.slice(1) : word;
  }),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const value = fc.oneof(
  fc.constantFrom('', '1', 'other', '{}', 'null', '../x', '%00', '+'),
  fc.string({ maxLength: 20 }),
);
const query = fc.array(fc.tuple(name, value), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs).toString());
const headerName = fc.constantFrom(
  'x-ms-invocation-id',
  'id',
  'params',
  'x-forwarded-host',
  'x-original-url',
  'expect-ct',
);
const headerValue = fc.stringMatching(/^[\x21-\x7e]{0,30}$/);
const headers = fc.dictionary(headerName, headerValue, { maxKeys: 3 });

test('a query, headers and members of a body never take the place of a route’s parameter', async () => {
  const plain = await send('GET', `outages/${outageId}/recipients`, {}, '');
  expect(plain.status).toBe(200);
  await fc.assert(
    fc.asyncProperty(query, headers, fc.dictionary(name, value), async (asked, sent, members) => {
      const own = new Set(['limit', 'cursor', 'outcome', 'state', 'code']);
      fc.pre([...new URLSearchParams(asked).keys()].every((key) => !own.has(key)));
      expect(await send('GET', `outages/${outageId}/recipients?${asked}`, sent, '')).toEqual(plain);
      const type = { 'content-type': 'application/json', ...sent };
      const cancelled = await send('POST', `outages/nobody/resume?${asked}`, type, JSON.stringify(members));
      expect(cancelled).toMatchObject({ status: 404, body: expect.stringContaining('nobody') });
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('a parameter arrives decoded once, whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), async (id) => {
      fc.pre(!id.includes('\0') && !/^\.{1,2}$/.test(id));
      const { status } = await send('GET', `outages/${encodeURIComponent(id)}?ID=${outageId}&id=${outageId}`, {}, '');
      expect([400, 404]).toContain(status);
    }),
    { numRuns: 150 },
  );
}, 60_000);
