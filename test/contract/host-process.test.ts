import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually, type FixtureHost, fixtureApp, hostEntry, startFixture } from './fixtures-host/process.ts';

const hosts: FixtureHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

async function start(options: Parameters<typeof startFixture>[0] = {}): Promise<FixtureHost> {
  const host = await startFixture(options);
  hosts.push(host);
  return host;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the ready listing', () => {
  it('is the only line on stdout, and JSON, with --json', async () => {
    const child = spawn(process.execPath, [hostEntry, '--app', fixtureApp, '--port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines: string[] = [];
    const [first] = await once(
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line)),
      'line',
    );
    const ready: unknown = JSON.parse(String(first));
    expect(ready).toMatchObject({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(ready).toMatchObject({ functions: expect.arrayContaining([expect.objectContaining({ name: 'items' })]) });
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toHaveLength(1);
  });

  it('is readable text without --json', async () => {
    const child = spawn(process.execPath, [hostEntry, '--app', fixtureApp, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, FIXTURE_TIMER: '0 0 0 1 1 *' },
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith('Ready')) child.kill('SIGTERM');
    }
    expect(lines).toContainEqual(expect.stringMatching(/^\titems: \[GET,POST\] http:\S+\/api\/items\/\{id\}$/));
    expect(lines).toContain('\ttick: timerTrigger 0 0 0 1 1 *');
  });
});

describe('stopping', () => {
  it('waits for running functions, runs the appTerminate hooks, exits with 0 and leaves no process', async () => {
    const host = await start();
    const answer = fetch(`${host.url}/api/slow`).then((response) => response.text());
    await host.events.until('slow-started');
    await host.stop();
    expect(await answer).toBe('done');
    expect(await host.exited).toBe(0);
    expect(host.events.named('appStart')).toHaveLength(1);
    expect(host.events.named('appTerminate')).toHaveLength(1);
    expect(isAlive(host.pid)).toBe(false);
    await expect(fetch(host.url)).rejects.toThrow();
  });

  it.each(['SIGKILL', 'exit'])('happens automatically if the parent process ends by %s', async (how) => {
    const parent = spawn(process.execPath, [fileURLToPath(new URL('./fixtures-host/parent.ts', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids = z
      .array(z.number())
      .length(2)
      .parse(JSON.parse(String(line)));
    expect(pids.every(isAlive)).toBe(true);
    if (how === 'exit') parent.stdin.end();
    else parent.kill('SIGKILL');
    await once(parent, 'close');
    await eventually(async () => (pids.some(isAlive) ? undefined : true));
  });
});

describe('an app that cannot start', () => {
  it.each([
    ['throws after it registered a function', { FIXTURE_BROKEN: 'late' }, 'SOME_SETTING must be set'],
    ['turns on HTTP streams', { FIXTURE_STREAM: '1' }, 'HTTP streams (enableHttpStream) are not supported'],
    ['refers to a missing setting', { FIXTURE_UNSET: '1' }, 'NO_SUCH_SETTING, which is not set'],
  ])('exits with 1 and prints its message if it %s', async (_, env, message) => {
    await expect(start({ env })).rejects.toThrow(message);
    await expect(start({ env })).rejects.toThrow('ended (1) before it was ready');
  });

  it('has no functions if it throws before it registered one, and only the log says why', async () => {
    const host = await start({ env: { FIXTURE_BROKEN: '1' } });
    expect(host.functions).toEqual([]);
    expect((await fetch(`${host.url}/api/defaultRoute`)).status).toBe(404);
    expect(host.stderrTail()).toContain('SOME_SETTING must be set');
  });

  it('names the missing storage connection', async () => {
    const FIXTURE_TIMER = '';
    await expect(start({ env: { FIXTURE_QUEUE: 'some-queue', FIXTURE_TIMER } })).rejects.toThrow(
      'The app setting FixtureStorage is not set',
    );
  });

  it('names the invalid value in host.json or on the command line', async () => {
    await expect(start({ queues: { batchSize: 33 } })).rejects.toThrow(/host\.json is not valid[\s\S]*batchSize/);
    await expect(start({ args: ['--log-level', 'loud'] })).rejects.toThrow('--log-level must be');
  });
});

it('an uncaught error of the app ends the worker: what runs in it fails, and a new worker answers', async () => {
  const host = await start();
  for (const crashes of [1, 2, 3, 4]) {
    const slow = fetch(`${host.url}/api/slow`);
    await host.events.until('slow-started', crashes);
    await fetch(`${host.url}/api/crash`);
    expect((await slow).status).toBe(500);
    // After the third crash the host starts again: it fails requests, then refuses connections.
    await eventually(async () => {
      const answer = await fetch(`${host.url}/api/text`, { method: 'POST', body: 'on' }).catch(() => undefined);
      return answer?.status === 201 ? true : undefined;
    });
    const said = host.stderrTail();
    expect(said).toContain('escaped from a timer');
    expect(said.includes('The worker crashed too often.')).toBe(crashes >= 3);
  }
}, 40_000);

it('a worker that is killed leaves no process, and the host stops', async () => {
  const host = await start();
  process.kill(host.workerPid, 'SIGKILL');
  await eventually(async () => (host.stderrTail().includes('The worker ended (SIGKILL).') ? true : undefined));
  expect((await fetch(`${host.url}/api/empty`)).status).toBe(200);
  await host.stop();
  expect(await host.exited).toBe(0);
});

it('the log lines of functions go to stderr with time and function name, if the log level includes them', async () => {
  const info = await start();
  const quiet = await start({ args: ['--log-level', 'error'] });
  for (const host of [info, quiet]) await fetch(`${host.url}/api/says`);
  await eventually(async () => (quiet.stderrTail().includes('[says] an error line') ? true : undefined));
  const time = String.raw`\d\d:\d\d:\d\d\.\d{3}Z`;
  expect(info.stderrTail()).toMatch(new RegExp(`${time} \\[says\\] a plain line\n${time} \\[says\\] an error line\n`));
  expect(quiet.stderrTail()).toMatch(new RegExp(`^${time} \\[says\\] an error line\n$`));
});

it('the host serves a CommonJS app, as bundles are', async () => {
  const app = fileURLToPath(new URL('./fixtures-host/plain-app.cjs', import.meta.url));
  const host = await start({ args: ['--app', app] });
  expect(host.functions.map((listing) => listing['name'])).toEqual(['plain']);
  expect(await (await fetch(`${host.url}/api/plain?name=x`)).text()).toBe('hello x');
});
