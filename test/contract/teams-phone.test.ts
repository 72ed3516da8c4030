import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignmentOf } from '../../local/teams-phone/assignments.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { Telephone } from '../fixtures/telephone.ts';

/** The command that asks about access assignments, and the script that makes them. */

const TENANT = 'aaaaaaaa-1111-4222-8333-444444444444';
const [ACCOUNT, STRANGER] = ['11111111-2222-4333-8444-555555555555', '99999999-2222-4333-8444-555555555555'];

let simulator: Simulator;
const folder = mkdtempSync(join(tmpdir(), 'teams-phone-'));
beforeAll(async () => {
  simulator = await startSimulator({ resourceAccounts: { [ACCOUNT]: '+14255550190' } });
});
afterAll(() => simulator.close());

type Run = { readonly code: number; readonly out: string; readonly err: string };

const run = (file: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> =>
  new Promise((resolve) =>
    execFile(file, args, { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    }),
  );

const command = (...args: string[]) => run(process.execPath, ['local/teams-phone.ts', ...args]);

/** A file of settings. */
function settings(callers: string, more: Record<string, string> = {}): string {
  const file = join(folder, 'settings.json');
  const Values = {
    CALL_AUTOMATION_API: 'ga',
    ACS_CONNECTION_STRING: simulator.connectionString,
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    CALLER_NUMBERS: callers,
    CALLBACK_BASE_URL: 'https://ringdown.example',
    CALLBACK_SECRET: 'a secret of more than thirty-two characters',
    NUMBER_SECRET: 'another secret of more than thirty-two characters',
    ...more,
  };
  writeFileSync(file, JSON.stringify({ IsEncrypted: false, Values }));
  return file;
}

const check = (callers: string, ...more: string[]) =>
  command('check', '--tenant', TENANT, '--settings', settings(callers), ...more);

describe('teams-phone check', () => {
  it('says that every account of CALLER_NUMBERS may call', async () => {
    const { code, out, err } = await check(`+14255550190@${ACCOUNT}:2,+14255550191:2`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${ACCOUNT} (200) may call`);
    expect(simulator.requests().at(-1)).toMatchObject({
      operation: 'getAssignment',
      path: `/access/teamsExtension/tenants/${TENANT}/assignments/${ACCOUNT}`,
      query: { 'api-version': '2025-06-30' },
    });
  });

  it('says which account is not assigned, and the command that does it', async () => {
    const { code, out } = await check(`+14255550190@${ACCOUNT},+14255550192@${STRANGER}`);
    expect(code).toBe(1);
    const { host } = new URL(simulator.url);
    expect(out).toContain(`${STRANGER} (404 404) is not assigned`);
    expect(out).toContain(`sh infra/assign-resource-account.sh ${host} ${TENANT} ${STRANGER}`);
  });

  it('answers programs in JSON', async () => {
    const { code, out } = await check(`+14255550190@${ACCOUNT},+14255550192@${STRANGER}`, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      isReady: false,
      accounts: [
        { account: ACCOUNT, standing: 'assigned', answer: '200' },
        { account: STRANGER, standing: 'missing', answer: '404 404' },
      ],
    });
  });

  it('says that there is no account to ask about', async () => {
    const { code, out } = await check('+14255550191:2');
    expect(code).toBe(1);
    expect(out).toContain('CALLER_NUMBERS names no Teams resource account');
  });

  it('tells an account from a person, and a refusal from a missing assignment', async () => {
    const url = `${simulator.url}/access/teamsExtension/tenants/${TENANT}/assignments/${STRANGER}`;
    expect((await fetch(`${url}?api-version=2025-06-30`)).status).toBe(401);
    const access = { connectionString: simulator.connectionString };
    const other = { connectionString: simulator.connectionString.replace(/accesskey=.*/, 'accesskey=YW5vdGhlcg==') };
    expect(await assignmentOf(other, TENANT, ACCOUNT)).toMatchObject({ standing: 'denied', answer: '401 7509' });
    const nobody = { connectionString: 'endpoint=http://127.0.0.1:9/;accesskey=YQ==' };
    expect(await assignmentOf(nobody, TENANT, ACCOUNT)).toMatchObject({ standing: 'failed' });
    expect(await assignmentOf(access, TENANT, ACCOUNT)).toMatchObject({ standing: 'assigned' });
  }, 30_000);

  it.each([
    [['check'], '--tenant must be a GUID; it is missing'],
    [['look', '--tenant', TENANT], 'must be check'],
    [['check', '--tenant', 'contoso.com'], '--tenant must be a GUID'],
    [['check', '--tenant', TENANT], 'Give either --settings'],
    [['check', '--tenant', TENANT, '--endpoint', 'https://acs.example'], 'Give either --settings'],
    [['check', '--tenant', TENANT, '--settings', 'no-such-file.json'], 'no-such-file.json cannot be read'],
  ])('says what is wrong with %j, and exits with 2', async (args, problem) => {
    const { code, out, err } = await command(...args);
    expect(err).toContain(problem);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('says which settings are wrong, without their values', async () => {
    const file = settings('+14255550191:2', { CALLBACK_SECRET: 'shorty' });
    const { code, err } = await command('check', '--tenant', TENANT, '--settings', file);
    expect(code).toBe(2);
    expect(err).toContain('CALLBACK_SECRET: must have at least 32 characters');
    expect(err).not.toContain('shorty');
  });

  it('has --help', async () => {
    expect(await command('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes: 0') });
  });
});

describe('assign-resource-account.sh', () => {
  const called = join(folder, 'called');
  const fake = join(folder, 'az');
  writeFileSync(fake, `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done > ${called}\n`);
  chmodSync(fake, 0o755);
  const script = (...args: string[]) =>
    run('sh', ['infra/assign-resource-account.sh', ...args], {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env['PATH']}`,
    });

  const url = `https://acs.example/access/teamsExtension/tenants/${TENANT}/assignments/${ACCOUNT}?api-version=2025-06-30`;

  it('makes the assignment with the identity of az login, and takes it back', async () => {
    expect(await script('acs.example', TENANT, ACCOUNT)).toMatchObject({ code: 0, err: '' });
    const words = ['rest', '--method', 'put', '--resource', 'https://communication.azure.com', '--url', url];
    expect(readFileSync(called, 'utf8').trim().split('\n')).toEqual([
      ...words,
      '--body',
      '{"principalType":"teamsResourceAccount"}',
    ]);
    expect(await script('acs.example', TENANT, ACCOUNT, '--delete')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(called, 'utf8')).toContain(
      `delete\n--resource\nhttps://communication.azure.com\n--url\n${url}`,
    );
  });

  it.each([
    [[]],
    [['acs.example', TENANT]],
    [['acs.example', 'contoso.com', ACCOUNT]],
    [['acs.example', TENANT, ACCOUNT, '-x']],
  ])('asks nothing of Azure if its arguments are wrong: %j', async (args) => {
    writeFileSync(called, '');
    expect(await script(...args)).toMatchObject({ code: 2, out: '' });
    expect(readFileSync(called, 'utf8')).toBe('');
  });
});

it('the simulator shows, takes back and makes assignments, and tells an account from a person', async () => {
  const telephone = await Telephone.start({ resourceAccounts: { [ACCOUNT]: '+14255550190' } });
  const path = `/access/teamsExtension/tenants/${TENANT}/assignments/${ACCOUNT}`;
  const ask = (method: string, body?: object) => telephone.signed(method, path, body, { apiVersion: '2025-06-30' });
  const standing = async () =>
    (await assignmentOf({ connectionString: telephone.simulator.connectionString }, TENANT, ACCOUNT)).standing;
  expect(await standing()).toBe('assigned');
  expect(await ask('DELETE')).toMatchObject({ status: 204 });
  expect(await standing()).toBe('missing');
  const person = await ask('PUT', { principalType: 'user', clientIds: [STRANGER] });
  expect(person).toMatchObject({ status: 201, body: { principalType: 'user', tenantId: TENANT, objectId: ACCOUNT } });
  expect(await standing()).toBe('otherKind');
  expect(await ask('PUT', { principalType: 'teamsResourceAccount' })).toMatchObject({ status: 200 });
  expect(await standing()).toBe('assigned');
  expect(await ask('PUT', { principalType: 'robot' })).toMatchObject({ status: 400 });
  await telephone.hangUpForGood();
});
