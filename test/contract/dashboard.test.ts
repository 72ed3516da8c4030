import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../integration/support/api.ts';
import { Town } from '../integration/support/town.ts';

/** How the app serves the dashboard's page and files. */

let town: Town;
beforeAll(async () => {
  town = await Town.found();
});
afterAll(() => town.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${town.stack.url}/api/dashboard${path}`, { headers });

/** A request whose answer is left as it travels: `fetch` would decompress it. */
async function raw(path: string, headers: Record<string, string>) {
  const asked = request(`${town.stack.url}/api/dashboard${path}`, { headers }).end();
  const answer: IncomingMessage = await new Promise((resolve, reject) =>
    asked.once('response', resolve).once('error', reject),
  );
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

const FILES = {
  '': 'text/html; charset=utf-8',
  '/index.html': 'text/html; charset=utf-8',
  '/main.js': 'text/javascript; charset=utf-8',
  '/main.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
};

test.each(Object.entries(FILES))(
  'serves /api/dashboard%s without a key and under a strict Content-Security-Policy',
  async (path, type) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    const { headers } = response;
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-cache');
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((part) => part.split(/ (.*)/, 2)),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
  },
);

test.each(['health', 'dashboard', 'dashboard/main.js', 'dashboard/none.js'])(
  'answers HEAD for /api/%s as GET, without the body',
  async (path) => {
    const ask = (method: string) => fetch(`${town.stack.url}/api/${path}`, { method });
    const [head, full] = [await ask('HEAD'), await ask('GET')];
    const described = ({ status, headers }: Response) => ({
      status,
      type: headers.get('content-type'),
      etag: headers.get('etag'),
    });
    expect(described(head)).toEqual(described(full));
    expect(await head.text()).toBe('');
  },
);

test('does not send a file again that the browser has already', async () => {
  const first = await get('/main.js');
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]+"$/);
  const again = await get('/main.js', { 'if-none-match': etag });
  expect({ status: again.status, etag: again.headers.get('etag'), text: await again.text() }).toEqual({
    status: 304,
    etag,
    text: '',
  });
  expect((await get('/main.js', { 'if-none-match': '"another"' })).status).toBe(200);
  expect((await get('/main.css')).headers.get('etag')).not.toBe(etag);
});

test.each(['main.js.map', 'app.tsx', '..%2Fapp.tsx', '__proto__', 'toString'])(
  'does not serve the file %s',
  async (file) => {
    const response = await get(`/${file}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  },
);

test('sends a file compressed to clients that accept it, each form with its own ETag', async () => {
  const answers = new Map<string, { body: Buffer; etag: string | null; coding: string | null }>();
  for (const accepted of ['identity', 'gzip, deflate', 'gzip, deflate, br, zstd', 'br;q=0, gzip;q=0.5', 'br;q=0.0']) {
    const { status, headers, body } = await raw('/main.js', { 'accept-encoding': accepted });
    expect({ status, vary: headers['vary'] }).toEqual({ status: 200, vary: 'accept-encoding' });
    answers.set(accepted, { body, etag: headers['etag'] ?? null, coding: headers['content-encoding'] ?? null });
  }
  expect([...answers.values()].map(({ coding }) => coding)).toEqual([null, 'gzip', 'br', 'gzip', null]);
  const plain = answers.get('identity')?.body ?? Buffer.alloc(0);
  expect(gunzipSync(answers.get('gzip, deflate')?.body ?? '')).toEqual(plain);
  expect(brotliDecompressSync(answers.get('gzip, deflate, br, zstd')?.body ?? '')).toEqual(plain);
  expect(new Set([...answers.values()].map(({ etag }) => etag)).size).toBe(3);
  const brotli = answers.get('gzip, deflate, br, zstd');
  const headers = { 'accept-encoding': 'br', 'if-none-match': `"other", W/${brotli?.etag}` };
  expect(await raw('/main.js', headers)).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  expect(await raw('/main.js', { ...headers, 'accept-encoding': 'gzip' })).toMatchObject({ status: 200 });
});

test('answers as the OpenAPI document says', async () => {
  await ask(town.stack, 'dashboard', { key: null });
  expect(await ask(town.stack, 'dashboardFile', { key: null, params: { file: 'main.js' } })).toMatchObject({
    status: 200,
  });
  expect(await ask(town.stack, 'dashboardFile', { key: null, params: { file: 'other' } })).toMatchObject({
    status: 404,
  });
});

test('serves no data of an outage and no key', async () => {
  const ada = town.callee().answers().hears('message').stays();
  const outage = await town.declare([ada], { title: 'Storm over the northern hills' });
  const texts = await Promise.all(Object.keys(FILES).map(async (path) => (await get(path)).text()));
  for (const text of texts) {
    for (const secret of [outage.id, 'northern hills', ada.identity, `"${town.stack.functionKey}"`]) {
      expect(text).not.toContain(secret);
    }
  }
});
