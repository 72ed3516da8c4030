import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageError } from '../../src/lib/base/errors.ts';
import { AzureQueues } from '../../src/lib/storage/azure-queues.ts';
import { AzureTables } from '../../src/lib/storage/azure-tables.ts';
import { startingWith, type Write } from '../../src/lib/storage/table-store.ts';
import { REQUEST_LIMIT_MS } from '../../src/lib/storage/time-limit.ts';

const LIMIT_MS = 300;
const KEY = Buffer.from('secret').toString('base64');

/** Accepts every request and answers none, except that it gives the first page of a query. */
const server = http.createServer((request, response) => {
  if (!request.url?.includes('Lines()') || request.url.includes('NextRowKey')) return;
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'x-ms-continuation-nextpartitionkey': 'lines',
      'x-ms-continuation-nextrowkey': 'line',
    })
    .end('{"value":[]}');
});
let access: { readonly connectionString: string };

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const at = (service: string): string => `${service}Endpoint=http://127.0.0.1:${port}/ringdown`;
  access = {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=ringdown;AccountKey=${KEY};${at('Table')};${at('Queue')}`,
  };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const tables = (): AzureTables => new AzureTables(access, LIMIT_MS);
const insert = (rowKey: string): Write => ({ kind: 'insert', rowKey, columns: {} });
const everything = startingWith('');

async function scanned(): Promise<void> {
  for await (const _ of tables().scan('Recipients', 'storm|0', everything));
}

describe('storage that accepts a request and stays silent', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a read', () => tables().get('Outages', 'outage', 'outage|storm')],
    ['a query', () => tables().query('Recipients', 'storm|0', everything, 10)],
    ['the second page of a query', () => tables().query('Lines', 'lines', everything, 10)],
    ['a scan', scanned],
    ['a write', () => tables().commit('Outages', 'outage', [insert('a')])],
    ['a transaction', () => tables().commit('Outages', 'outage', [insert('a'), insert('b')])],
    ['a message', () => new AzureQueues(access, LIMIT_MS).send('hang-up', {})],
  ])('holds it no longer than the limit, and the failure is one that may pass: %s', async (_, ask) => {
    const begun = performance.now();
    const error = await ask().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ isTransient: true });
    expect(performance.now() - begun).toBeLessThan(LIMIT_MS * 10);
  });

  it('has ten seconds', () => expect(REQUEST_LIMIT_MS).toBe(10_000));
});
