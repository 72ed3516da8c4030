import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { startProcess } from '../../local/processes.ts';
import { IdentityEndpoint } from '../fixtures/identity-endpoint.ts';
import { startFixture } from './fixtures-host/process.ts';

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

/** Runs the app's clients with these settings instead of a connection string. @returns what happened. */
async function used(settings: Record<string, string>): Promise<unknown> {
  const app = await startProcess({
    name: 'the app’s clients',
    entry: APP,
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
      ...identities.settings,
      ACS_CONNECTION_STRING: 'endpoint=http://127.0.0.1:1/;accesskey=YQ==',
      ACS_SOURCE_IDENTITY: '8:acs:us',
      CALLER_NUMBERS: '+14255550190',
      CALLBACK_BASE_URL: 'http://127.0.0.1:1',
      CALLBACK_SECRET: 'a secret of more than thirty-two characters',
      NUMBER_SECRET: 'another secret of more than thirty-two characters',
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

it('the host reads queues with the identity that the settings name', async () => {
  const FixtureStorage = {
    FixtureStorage__queueServiceUri: azurite.endpoints['queue'] ?? '',
    FixtureStorage__credential: 'managedidentity',
    FixtureStorage__clientId: CLIENT_ID,
  };
  const host = await startFixture({
    env: {
      ...FixtureStorage,
      ...identities.settings,
      FIXTURE_QUEUE: 'hang-up',
      NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
    },
    queues: { maxPollingInterval: '00:00:00.200' },
  });
  try {
    // The app's clients send one message to hang-up.
    await used(endpoints());
    expect((await host.events.until('message'))[0]).toMatchObject({ message: { callLegId: 'leg' } });
    expect(identities.asked).toContainEqual(expect.objectContaining({ ...ofStorage, client_id: CLIENT_ID }));
  } finally {
    await host.stop();
  }
});

it('a token for another audience is refused, and the error names the queue and the status, not the token', async () => {
  identities.audience = 'https://vault.azure.net';
  const { error } = z.object({ error: z.string() }).parse(await used(endpoints()));
  identities.audience = 'https://storage.azure.com';
  expect(error).toMatch(/^Queue hang-up could not be used \(40[13] /);
  expect(error).not.toContain('eyJ');
});
