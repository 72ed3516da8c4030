import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startAzurite } from '../../local/azurite.ts';
import { startProcess } from '../../local/processes.ts';

test('the bundle that is deployed loads, and registers every function', async () => {
  await promisify(execFile)(process.execPath, ['local/build.ts']);
  const azurite = await startAzurite();
  try {
    const app = await startProcess({
      name: 'the bundle',
      entry: 'local/host/main.ts',
      args: ['--app', 'dist/app.cjs', '--port', '0', '--host-json', 'host.json', '--log-level', 'error'],
      env: {
        PATH: process.env['PATH'],
        AzureWebJobsStorage: azurite.connectionString,
        ACS_CONNECTION_STRING: 'endpoint=http://127.0.0.1:1/;accesskey=YQ==',
        ACS_SOURCE_IDENTITY: '8:acs:us',
        CALLER_NUMBERS: '+14255550190:2',
        CALLBACK_BASE_URL: 'http://127.0.0.1:1',
        CALLBACK_SECRET: 'a secret of more than thirty-two characters',
      },
    });
    expect(JSON.stringify(app.ready)).toContain('callEvents');
    const files = await readdir('src/functions');
    expect(app.ready).toMatchObject({ functions: { length: files.length } });
    await app.stop();
  } finally {
    await azurite.stop();
  }
}, 60_000);
