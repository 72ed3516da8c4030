import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsecuredJWT } from 'jose';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { startProcess } from '../../local/processes.ts';

/**
 * Storage without keys: the app asks the identity endpoint that Azure gives every app (docs: App Service, managed
 * identities, REST endpoint), and shows the token to Azurite, which takes tokens over HTTPS only. Everything but Azure
 * itself is real.
 */

const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
const APP = fileURLToPath(new URL('./fixtures-identity/app.ts', import.meta.url));

let folder: string;
let azurite: RunningAzurite;
let identities: IdentityEndpoint;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringdown-identity-'));
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  writeFileSync(tls.certFile, cert);
  writeFileSync(tls.keyFile, key, { mode: 0o600 });
  [azurite, identities] = await Promise.all([startAzurite({ tls }), IdentityEndpoint.open()]);
});
afterAll(async () => {
  await Promise.all([azurite.stop(), identities.close()]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  identities.asked.length = 0;
});

/** Azure's endpoint for the tokens of an app's identities. Azurite reads them; only Azure could check the signature. */
class IdentityEndpoint {
  readonly asked: Record<string, string>[] = [];
  readonly secret = 'only this app knows';
  audience = 'https://storage.azure.com';
  readonly #server = http.createServer((request, response) => this.#answer(request, response));

  static async open(): Promise<IdentityEndpoint> {
    const endpoint = new IdentityEndpoint();
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  get url(): string {
    const { port } = z.object({ port: z.number() }).parse(this.#server.address());
    return `http://127.0.0.1:${port}/msi/token`;
  }

  async close(): Promise<void> {
    this.#server.close();
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { searchParams } = new URL(request.url ?? '', this.url);
    this.asked.push(Object.fromEntries(searchParams));
    if (request.headers['x-identity-header'] !== this.secret) return void response.writeHead(401).end();
    const now = Math.floor(Date.now() / 1000);
    const token = new UnsecuredJWT({ aud: this.audience, iss: 'https://sts.windows.net/tenant/' })
      .setIssuedAt(now)
      .setNotBefore(now - 60)
      .setExpirationTime(now + 3600)
      .encode();
    const resource = searchParams.get('resource');
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ access_token: token, expires_on: String(now + 3600), resource, token_type: 'Bearer' }),
    );
  }
}

/** Runs the app's clients with these settings instead of a connection string. @returns what happened. */
async function used(settings: Record<string, string>): Promise<unknown> {
  const app = await startProcess({
    name: 'the app’s clients',
    entry: APP,
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
      IDENTITY_ENDPOINT: identities.url,
      IDENTITY_HEADER: identities.secret,
      ACS_CONNECTION_STRING: 'endpoint=http://127.0.0.1:1/;accesskey=YQ==',
      ACS_SOURCE_IDENTITY: '8:acs:us',
      CALLER_NUMBERS: '+14255550190',
      CALLBACK_BASE_URL: 'http://127.0.0.1:1',
      CALLBACK_SECRET: 'a secret of more than thirty-two characters',
      ...settings,
    },
  });
  await app.stop();
  return app.ready;
}

const endpoints = (): Record<string, string> => ({
  AzureWebJobsStorage__queueServiceUri: azurite.endpoints['queue'] ?? '',
  AzureWebJobsStorage__tableServiceUri: azurite.endpoints['table'] ?? '',
});
const ofStorage = { resource: 'https://storage.azure.com' };

it('queues and tables are used with the token of the user-assigned identity that the settings name', async () => {
  const settings = { AzureWebJobsStorage__credential: 'managedidentity', AzureWebJobsStorage__clientId: CLIENT_ID };
  await expect(used({ ...endpoints(), ...settings })).resolves.toMatchObject({ isOptedOut: true });
  expect(new Set(identities.asked.map(({ client_id }) => client_id))).toEqual(new Set([CLIENT_ID]));
  expect(identities.asked[0]).toMatchObject(ofStorage);
});

it('queues and tables are used with the app’s own identity if the settings name none', async () => {
  await expect(used(endpoints())).resolves.toMatchObject({ isOptedOut: true });
  expect(identities.asked[0]).toMatchObject(ofStorage);
  for (const { client_id } of identities.asked) expect(client_id).toBeUndefined();
});

it('a token for another audience is refused, and the error names the queue and the status, not the token', async () => {
  identities.audience = 'https://vault.azure.net';
  const { error } = z.object({ error: z.string() }).parse(await used(endpoints()));
  identities.audience = 'https://storage.azure.com';
  expect(error).toMatch(/^Queue hang-up could not be used \(40[13] /);
  expect(error).not.toContain('eyJ');
});
