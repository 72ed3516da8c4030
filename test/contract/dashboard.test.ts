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
