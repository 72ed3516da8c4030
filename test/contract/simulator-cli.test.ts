import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { DEVELOPMENT_KEY } from '../../simulator/simulator.ts';
import { CallClient } from '../../src/lib/call-automation/call-client.ts';

/** Tests `npm run simulator` as a separate process. */

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return { child, exit: once(child, 'exit').then(([code]) => code), log: text(child.stderr) };
}

async function running(...args: string[]) {
  const { child, exit, log } = run(...args);
  const [connectionString] = await once(createInterface(child.stdout), 'line');
  return { child, exit, log, connectionString: String(connectionString) };
}

describe('the command line', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('prints a working connection string and ends on %s', async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-cli-'));
    const people = join(folder, 'people.json');
    writeFileSync(people, JSON.stringify({ people: { '+14255550123': 'no answer after 600 s' } }));
    const args = [
      '--port',
      '0',
      '--people',
      people,
      '--speed',
      '10',
      '--seed',
      'x',
      '--calls-per-number',
      'none',
      '--json',
    ];
    const { child, exit, log, connectionString } = await running(...args);
    expect(connectionString).toMatch(/^endpoint=http:\/\/127\.0\.0\.1:\d+\/;accesskey=/);
    expect(connectionString).toContain(DEVELOPMENT_KEY);
    const { callLegId } = await new CallClient(connectionString).createCall({
      source: { communicationUser: { id: '8:acs:app' } },
      targets: [{ phoneNumber: { value: '+14255550123' } }],
      sourceAlternateIdentity: { value: '+14255550100' },
      callbackUri: 'http://127.0.0.1:9/',
      requestedModalities: ['audio'],
      requestedCallEvents: [],
    });
    child.kill(signal);
    expect(await exit).toBe(0);
    rmSync(folder, { recursive: true });
    const lines = (await log)
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const at = expect.any(String);
    expect(lines).toContainEqual({ at, what: 'person', text: `${callLegId} +1••••••0123 rings` });
    expect(await log).not.toContain('4255550123');
  });

  it('signs with the key from --key', async () => {
    const key = Buffer.from('a key of my own').toString('base64');
    const { connectionString } = await running('--key', key);
    expect(connectionString).toContain(`accesskey=${key}`);
  });

  it('prints its usage for --help', async () => {
    const { child, exit } = run('--help');
    expect(await text(child.stdout)).toContain('--calls-per-number');
    expect(await exit).toBe(0);
  });

  it.each([
    [['--sped', '3'], "'--sped'"],
    [['--speed', 'fast'], '--speed must be a number, not "fast"'],
    [['--speed', '0'], 'speed: '],
    [['--port', '99999'], 'port: '],
    [['--people', 'no-such-file.json'], '--people no-such-file.json cannot be read'],
    [['--resource-account', '+14255550190'], '--resource-account must be object id=number'],
    [['now'], "'now'"],
  ])('refuses %j with exit code 2', async (args, says) => {
    const { exit, log } = run(...args);
    expect(await exit).toBe(2);
    expect(await log).toContain(says);
    expect(await log).not.toContain('    at ');
  });

  it('reports a port that is in use with exit code 1', async () => {
    const { connectionString } = await running();
    const port = /:(\d+)\//.exec(connectionString)?.[1] ?? '';
    const { exit, log } = run('--port', port);
    expect(await exit).toBe(1);
    expect(await log).toContain(`Port ${port} of 127.0.0.1 is in use`);
  });
});
