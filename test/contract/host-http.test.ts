import { request as openRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureHost, startFixture } from './fixtures-host/process.ts';

let host: FixtureHost;

beforeAll(async () => {
  host = await startFixture({
    args: ['--log-level', 'info'],
    env: { 'AzureWebJobs.switchedOff.Disabled': 'true', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100000' },
  });
});
afterAll(() => host.stop());

async function call(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${host.url}${path}`, init);
}

describe('routes', () => {
  it.each([
    ['GET', '/api/defaultRoute', 'defaultRoute', {}],
    ['GET', '/api/DEFAULTROUTE/', 'defaultRoute', {}],
    ['GET', '/api/items/mine', 'itemsMine', {}],
    ['POST', '/api/items/mine', 'items', { id: 'mine' }],
    ['GET', '/api/items/17', 'itemsNumbered', { number: '17' }],
    ['GET', '/api/items/a%20b', 'items', { id: 'a b' }],
    ['GET', '/api/optional/1', 'optional', { first: '1' }],
    ['GET', '/api/optional/1/2', 'optional', { first: '1', second: '2' }],
    ['GET', '/api/files/a/b/c.txt', 'files', { path: 'a/b/c.txt' }],
    ['GET', '/api/files', 'files', {}],
    ['PUT', '/api/shared', 'putOnly', {}],
    ['DELETE', '/api/shared', 'deleteOnly', {}],
  ])('%s %s runs the function %s', async (method, path, name, params) => {
    const response = await call(path, { method });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ function: name, method, params });
  });

  it.each([
    ['GET', '/api/unknown'],
    ['GET', '/defaultRoute'],
    ['GET', '/'],
    ['GET', '/api/items'],
    ['POST', '/api/shared'],
    ['GET', '/api/switchedOff'],
  ])('%s %s answers 404', async (method, path) => {
    expect((await call(path, { method })).status).toBe(404);
  });
});

describe('requests', () => {
  it('reach the handler with query, headers, body and trace context', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await call('/api/items/1?a=1&b=x%20y&a=2', {
      method: 'POST',
      headers: { 'x-test': 'yes', traceparent },
      body: Buffer.from([0, 1, 254, 255]),
    });
    expect(await response.json()).toMatchObject({
      url: `${host.url}/api/items/1?a=1&b=x%20y&a=2`,
      query: { a: '1,2', b: 'x y' },
      header: 'yes',
      body: Buffer.from([0, 1, 254, 255]).toString('base64'),
      traceParent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/),
    });
  });

  it('can be read with .json() and .text()', async () => {
    const json = await call('/api/json', { method: 'POST', body: '{"a":["ä"]}' });
    expect(await json.json()).toEqual({ got: { a: ['ä'] } });
    const text = await call('/api/text', { method: 'POST', body: 'grüß' });
    expect([text.status, await text.text()]).toEqual([201, 'got grüß']);
    const empty = await call('/api/text', { method: 'POST' });
    expect(await empty.text()).toBe('got ');
  });

  it('may arrive in chunks without a content-length', async () => {
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('one '));
        controller.enqueue(Buffer.from('two'));
        controller.close();
      },
    });
    const init = { method: 'POST', body: chunks, duplex: 'half' } as const;
    expect(await (await call('/api/text', init)).text()).toBe('got one two');
  });

  it('with a body above the limit get 500 without a body, with and without a content-length', async () => {
    const body = Buffer.alloc(100_001);
    expect((await call('/api/text', { method: 'POST', body })).status).toBe(500);
    expect(await chunkedStatus(`${host.url}/api/text`, body)).toBe(500);
    expect((await call('/api/text', { method: 'POST', body: body.subarray(1) })).status).toBe(201);
  });
});

describe('what a client sends besides', () => {
  it('does not change the parameters of the route or the headers', async () => {
    const response = await call('/api/items/big?ID=other&headers=1', {
      method: 'POST',
      headers: { 'x-test': 'yes', 'x-ms-invocation-id': 'mine' },
      body: '{"Id":"third"}',
    });
    expect(await response.json()).toMatchObject({ params: { id: 'big' }, header: 'yes' });
  });

  it('is a URL that the host decodes and encodes again', async () => {
    const response = await call('/api/items/%2B1%2F2%20%C3%A9');
    expect(await response.json()).toMatchObject({
      url: `${host.url}/api/items/+1%252F2%20%C3%A9`,
      params: { id: '+1%2F2 é' },
    });
  });

  it('is refused without a body if the path has a NUL, the URL or the headers are too long', async () => {
    const refused = async (path: string, headers = {}) => {
      const response = await call(path, { headers });
      return [response.status, await response.text()];
    };
    expect(await refused('/api/items/%00')).toEqual([400, '']);
    expect(await refused(`/api/items/x?q=${'x'.repeat(8 * 1024)}`)).toEqual([414, '']);
    expect(await refused('/api/items/x', { 'x-test': 'x'.repeat(20_000) })).toMatchObject([200, expect.any(String)]);
    expect(await refused('/api/items/x', { 'x-test': 'x'.repeat(33_000) })).toEqual([431, '']);
  });
});

describe('responses', () => {
  it('carry the bytes, headers and cookies of the handler', async () => {
    const bytes = await call('/api/bytes');
    expect(bytes.headers.get('content-type')).toBe('image/png');
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 128]);
    const cookies = await call('/api/cookies');
    expect(cookies.headers.getSetCookie()).toEqual([
      'one=a%20b; max-age=60; path=/; samesite=lax; httponly',
      'two=2; path=/; secure',
    ]);
  });

  it('have the headers of the host’s server', async () => {
    const [full, empty] = [await call('/api/bytes'), await call('/api/empty')];
    expect(Object.fromEntries(full.headers)).toEqual({
      'content-type': 'image/png',
      date: expect.any(String),
      server: 'Kestrel',
      'transfer-encoding': 'chunked',
    });
    expect(Object.fromEntries(empty.headers)).toEqual({
      date: expect.any(String),
      server: 'Kestrel',
      'content-length': '0',
    });
  });

  it('have no body for HEAD, and are 204 if the handler returns nothing', async () => {
    const head = await call('/api/files/x', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await call('/api/returnsNothing')).status).toBe(204);
  });

  it('are 500 without a body if the handler throws, and the log has the error', async () => {
    const response = await call('/api/throws');
    expect([response.status, await response.text()]).toEqual([500, '']);
    await expect.poll(() => host.stderrTail()).toMatch(/\[throws\] invocation \S+ failed: Error: a secret of the app/);
  });
});

describe('keys', () => {
  it.each([
    ['/api/locked', 'local', 401],
    ['/api/lockedForAdmin', 'local-admin', 401],
    ['/admin/functions', 'local-admin', 403],
  ])('are required for %s', async (path, right, withFunctionKey) => {
    const with_ = async (key: string) => (await call(path, { headers: { 'x-functions-key': key } })).status;
    expect((await call(path)).status).toBe(401);
    expect((await call(`${path}?code=wrong`)).status).toBe(401);
    expect(await with_('wrong')).toBe(401);
    if (right !== 'local') expect(await with_('local')).toBe(withFunctionKey);
    expect(await with_(right)).toBe(200);
    expect(await with_(right.toUpperCase())).toBe(200);
    expect(await with_('local-admin')).toBe(200);
    expect((await call(`${path}?code=${right}`)).status).toBe(200);
  });

  it('can be set to another value, or not be required', async () => {
    const chosen = await startFixture({ args: ['--function-key', 'mine'] });
    const open = await startFixture({ args: ['--no-keys'], http: { routePrefix: '' } });
    try {
      expect((await fetch(`${chosen.url}/api/locked?code=mine`)).status).toBe(200);
      expect((await fetch(`${chosen.url}/api/locked?code=local`)).status).toBe(401);
      expect((await fetch(`${open.url}/locked`)).status).toBe(200);
      expect((await fetch(`${open.url}/admin/functions`)).status).toBe(200);
    } finally {
      await Promise.all([chosen.stop(), open.stop()]);
    }
  });
});

describe('admin', () => {
  const key = { 'x-functions-key': 'local-admin' };

  it('lists the functions', async () => {
    const listed: unknown = await (await call('/admin/functions', { headers: key })).json();
    expect(listed).toEqual(host.functions);
    expect(listed).toContainEqual({
      name: 'items',
      trigger: 'http',
      methods: ['GET', 'POST'],
      url: `${host.url}/api/items/{id}`,
      authLevel: 'anonymous',
    });
    expect(listed).toContainEqual(expect.objectContaining({ name: 'switchedOff', disabled: true }));
  });

  it('runs a function by hand, even a disabled one', async () => {
    const run = (name: string, body: string) =>
      call(`/admin/functions/${name}`, { method: 'POST', headers: key, body });
    expect((await run('json', '{"input":{"a":1}}')).status).toBe(202);
    expect((await host.events.until('hooks')).at(-1)).toMatchObject({ hookData: { seen: true } });
    expect((await run('switchedOff', '')).status).toBe(202);
    expect((await run('unknown', '{}')).status).toBe(404);
    expect((await run('json', 'no json')).status).toBe(400);
  });
});

/** Sends a POST without a content-length. @returns its status. */
function chunkedStatus(url: string, body: Uint8Array): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = openRequest(url, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject);
    request.write(body.subarray(0, 10));
    request.end(body.subarray(10));
  });
}
