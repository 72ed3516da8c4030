import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startAzurite } from '../../local/azurite.ts';
import { freePort } from '../../local/ports.ts';
import { SAMPLES } from '../../local/stack.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import { begin, isAlive, run } from './support/commands.ts';

const PhoneBook = z.looseObject({ ways: z.array(z.object({ title: z.string(), command: z.string() })).length(2) });

/** Starts a server. @returns its port. */
async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const FREE_PORTS = '--port 0 --simulator-port 0 --queue-port 0 --table-port 0';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringdown-start-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A running `npm start`. */
class Started {
  out = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    onTestFinished(() => this.end('SIGKILL'));
  }

  static async begin(flags: string): Promise<Started> {
    const started = new Started(begin(`npm start -- ${FREE_PORTS} --speed 20 --quiet ${flags}`));
    await started.says('Press Ctrl-C to stop');
    return started;
  }

  /** What follows a label of its welcome, e.g. `Dashboard:`. */
  at(label: string): string {
    return this.out.match(new RegExp(`${label}: +(\\S+)`))?.[1] ?? '';
  }

  async says(text: string): Promise<void> {
    const ended = this.#ended.then(() => Promise.reject(new Error(`npm start ended: ${this.out}`)));
    await Promise.race([expect.poll(() => this.out, { timeout: 30_000 }).toContain(text), ended]);
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Asks the app, with its key. */
  async ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const app = new URL(this.at('Dashboard')).origin;
    const headers = { 'x-functions-key': 'local', 'content-type': 'application/json' };
    const response = await fetch(`${app}/api/${path}`, { ...init, headers });
    return response.json();
  }

  /** Sends a signal to its process group, or to npm alone, and waits until nothing of it is left. */
  async end(signal: NodeJS.Signals, to: 'all' | 'npm' = 'all'): Promise<void> {
    const pid = this.#child.pid ?? 0;
    if (isAlive(pid)) process.kill(to === 'npm' ? pid : -pid, signal);
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  }

  /** Waits until these numbers were called, and how often. */
  async called(numbers: Readonly<Record<string, number>>): Promise<void> {
    await expect
      .poll(async () => (await fetch(this.at('Calls so far'))).json(), { timeout: 20_000, interval: 200 })
      .toMatchObject({ created: numbers });
  }
}

test('npm start lists the functions, and the commands that it and the phone page print make telephones ring', async () => {
  const started = await Started.begin(`--data ${folder}/commands`);
  expect(started.out).toMatch(/callEvents: \[POST\] http:\/\/127\.0\.0\.1:\d+\/api\/call-events\/\{token\}/);
  expect(started.out).toMatch(/startCall: queueTrigger start-call/);
  expect(started.out).toMatch(/notifyOutages: timerTrigger \*\/10 \* \* \* \* \*/);
  const [, enqueue = 'false'] = started.out.match(/^ +(npm run -s enqueue .*)$/m) ?? [];
  expect((await run(enqueue)).code).toBe(0);
  await started.called({ '+14255550123': 1 });
  const [, poison = 'false'] = started.out.match(/^ +(npm run -s poison .*)$/m) ?? [];
  expect(await run(poison)).toMatchObject({ code: 0, out: expect.stringMatching(/^start-call +0$/m) });
  const phone = started.at('Your own phone');
  expect((await fetch(phone)).headers.get('content-type')).toContain('text/html');
  expect((await fetch(started.at('Dashboard'))).headers.get('content-type')).toContain('text/html');
  const { ways } = PhoneBook.parse(await (await fetch(new URL('/simulator/phones', phone))).json());
  for (const [index, way] of ways.entries()) {
    const pasted = await run(`bash <<'END'\n${way.command.replaceAll('{number}', `+1425555014${index}`)}\nEND`);
    expect(pasted).toMatchObject({ code: 0, err: '' });
  }
  await started.called({ '+14255550140': 1, '+14255550141': 1 });
  await started.end('SIGINT');
}, 60_000);

test('outages are kept from one npm start to the next, unless it begins anew', async () => {
  const data = `--data ${join(folder, 'kept')}`;
  const script = { message: 'https://example.org/message.wav' };
  const first = await Started.begin(data);
  await first.ask('outages', {
    method: 'POST',
    body: JSON.stringify({ id: 'storm-1', title: 'Storm', launch: true, script }),
  });
  await first.end('SIGINT');
  const second = await Started.begin(data);
  expect(await second.ask('outages/storm-1')).toMatchObject({ title: 'Storm' });
  await second.end('SIGINT');
  const anew = await Started.begin(`${data} --fresh`);
  expect(await anew.ask('outages/storm-1')).toMatchObject({ status: 404 });
}, 60_000);

test('--fresh does not delete a folder that holds something else', async () => {
  const precious = join(folder, 'precious.txt');
  writeFileSync(precious, 'keep me');
  const { code, err } = await run(`npm run -s start -- ${FREE_PORTS} --fresh --data ${folder}`);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('it was not deleted') });
});

test('r and Enter kill the app and start it again, and a call in between is not lost', async () => {
  const started = await Started.begin(`--api ga --data ${folder}/restart`);
  const [, enqueue = 'false'] = started.out.match(/^ +(npm run -s enqueue .*)$/m) ?? [];
  started.type('r');
  await started.says('The app was killed');
  await run(enqueue);
  await started.says('It runs again after');
  await started.called({ '+14255550123': 1 });
  expect(await started.ask('health')).toMatchObject({ status: 'ok' });
}, 60_000);

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'if only npm gets %s, everything that it started ends too',
  async (signal) => {
    const started = await Started.begin(`--data ${folder}/${signal}`);
    await started.end(signal, 'npm');
  },
  60_000,
);

test('--settings uses the telephone service and the storage of a file', async () => {
  const [azurite, simulator] = await Promise.all([
    startAzurite(),
    startSimulator({ speed: 20, audioDir: `${SAMPLES}audio` }),
  ]);
  onTestFinished(async () => {
    await Promise.all([azurite.stop(), simulator.close()]);
  });
  const appPort = await freePort();
  const file = join(folder, 'local.settings.json');
  const settings = {
    AzureWebJobsStorage: azurite.connectionString,
    ACS_CONNECTION_STRING: simulator.connectionString,
    ACS_SOURCE_IDENTITY: '8:acs:start_test',
    CALLER_NUMBERS: '+14255550190:1',
    CALLBACK_BASE_URL: `http://127.0.0.1:${appPort}`,
    CALLBACK_SECRET: 'the secret of a test, long enough for a secret',
    NUMBER_SECRET: 'the secret of a test, long enough for a secret',
  };
  writeFileSync(file, JSON.stringify({ IsEncrypted: false, Values: settings }));
  const started = await Started.begin(`--settings ${file} --port ${appPort}`);
  expect(started.out).toContain('Calls ring real phones and cost money.');
  const audioFileUri = `${simulator.url}/simulator/audio/message.wav`;
  const message = JSON.stringify({ targets: [{ phoneNumber: { value: '+14255550123' } }], audioFileUri });
  const sent = await run(`npm run -s enqueue -- start-call '${message}' --storage '${azurite.connectionString}'`);
  expect(sent.code).toBe(0);
  // The audio is asked for once the event of the answered call has reached the app.
  const asked = () => simulator.calls().calls.flatMap((call) => call.operations.map(({ operation }) => operation));
  await expect.poll(asked, { timeout: 20_000 }).toContain('playAudio');
}, 60_000);

test.each([
  ['names what is not filled in', 'local.settings.sample.json', 'fill in ACS_CONNECTION_STRING, ACS_SOURCE_IDENTITY'],
  ['says that there is no such file', 'no-such-file.json', 'no-such-file.json cannot be read'],
  ['says what the file needs', 'package.json', 'needs the settings under Values'],
])('--settings %s', async (_, file, problem) => {
  const { code, out, err } = await run(`npm run -s start -- --settings ${file}`);
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(problem) });
});

test('npm start says in one line which ports are in use, and which flags choose others', async () => {
  const [busy, taken] = [createServer(), createServer()];
  const [simulatorPort, queuePort] = await Promise.all([busy, taken].map(listening));
  const { code, out, err } = await run(
    `npm run -s start -- --port 0 --simulator-port ${simulatorPort} --queue-port ${queuePort} --table-port 0`,
  );
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(
    `Port ${simulatorPort} is in use: choose another with --simulator-port. Port ${queuePort} is in use: choose another with --queue-port.\n`,
  );
  for (const server of [busy, taken]) server.close();
}, 30_000);
