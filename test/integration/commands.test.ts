import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { generatedDocs } from '../../local/generated-docs.ts';
import { startProcess } from '../../local/processes.ts';
import { CONTRACTS } from '../../local/queue-contracts.ts';

const PhoneBook = z.looseObject({ ways: z.array(z.object({ title: z.string(), command: z.string() })).length(2) });

type Run = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a command of the README in a new process group. */
function begin(command: string): ChildProcess {
  return spawn('bash', ['-c', `exec ${command}`], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(command: string): Promise<Run> {
  const child = begin(command);
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  await ended;
  return { code: child.exitCode, out, err };
}

/** Starts a server. @returns its port. */
async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** The running processes of a process group. */
const isAlive = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};

const README = readFileSync('README.md', 'utf8');

test('the README’s demo calls all fifty in under a minute, prints each outcome, and leaves nothing running', async () => {
  const [, command] = README.match(/^npm ci && (npm run demo)$/m) ?? [];
  const child = begin(command ?? 'false');
  const ended = once(child, 'close');
  const out = child.stdout ? await text(child.stdout) : '';
  await ended;
  expect(child.exitCode).toBe(0);
  expect(out).toMatch(/^acknowledged +\d+ +pressed the key to acknowledge$/m);
  expect(out).toMatch(/^connected +\d+ +talked to an operator$/m);
  const [, people, seconds] = out.match(/^(\d+) people, \d+ calls in ([\d.]+) s/m) ?? [];
  expect(people).toBe('50');
  expect(Number(seconds)).toBeLessThan(60);
  expect(out).toContain('DtmfReceived key 2');
  expect(isAlive(child.pid ?? 0)).toBe(false);
}, 90_000);

test('the demo with today’s API gives the same result', async () => {
  const { code, out } = await run('npm run -s demo -- --api ga --json --recipients 20 --speed 20 --seed 7');
  expect(code).toBe(0);
  const outcomes = Object.values(
    z.looseObject({ outcomes: z.record(z.string(), z.number()) }).parse(JSON.parse(out)).outcomes,
  );
  expect(outcomes.reduce((sum, count) => sum + count, 0)).toBe(20);
}, 90_000);

test('the demo’s report is one JSON object and nothing else', async () => {
  const { code, out } = await run('npm run -s demo -- --json --recipients 5 --speed 20 --seed 7');
  const report = z
    .object({
      recipients: z.literal(5),
      outcomes: z.record(z.string(), z.number()),
      calls: z.number().min(5),
      maxCallsInFlight: z.number().min(1).max(5),
      pacing: z.object({ callSeconds: z.number().positive(), exceeded: z.tuple([]) }),
      seconds: z.number(),
    })
    .parse(JSON.parse(out));
  expect(Object.values(report.outcomes).reduce((a, b) => a + b, 0)).toBe(5);
  expect(code).toBe(0);
}, 60_000);

test('Ctrl-C ends the demo and everything that it started', async () => {
  const child = begin('npm run -s demo');
  const ended = once(child, 'close');
  child.stdout?.on('data', (chunk: Buffer) => {
    // A terminal sends the signal to the whole process group.
    if (chunk.toString().includes('on the list')) process.kill(-(child.pid ?? 0), 'SIGINT');
  });
  await ended;
  expect(child.exitCode ?? child.signalCode).not.toBe(0);
  expect(isAlive(child.pid ?? 0)).toBe(false);
}, 30_000);

test.each([
  ['npm run -s demo -- --nonsense', 'nonsense'],
  ['npm run -s demo -- --speed fast', '--speed must be a number'],
  ['npm run -s demo -- --csv no-such-file.csv', 'no-such-file.csv cannot be read'],
  ['npm run -s demo -- --outage package.json', 'is not a valid outage'],
  ['npm run -s demo -- --recipients -5', '--recipients must be a number from 1 to 50000, not "-5"'],
  ['npm run -s demo -- --csv --json', '--csv needs a value.'],
  ['npm run -s enqueue -- no-such-queue {}', 'There is no queue no-such-queue'],
  [`npm run -s enqueue -- hang-up '{"callLegId":"1","leav":true}'`, 'Unrecognized key: "leav"'],
  [`npm run -s enqueue -- hang-up '{"callLegId":"1"}' --storage garbage`, '--storage is not a storage connection string'],
  ['npm run -s poison -- list --account Not-one', '--account takes the name of a storage account'],
])('%s says what is wrong, and exits with 2', async (command, problem) => {
  const { code, out, err } = await run(command);
  expect(err).toContain(problem);
  expect(err).toContain('--help');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test.each(['demo', 'start', 'start:func', 'enqueue', 'backup', 'simulator'])(
  'npm run %s has --help',
  async (command) => {
    const { code, out } = await run(`npm run -s ${command} -- --help`);
    expect({ code, help: out.includes('--help') }).toEqual({ code: 0, help: true });
  },
);

test('npm start lists the functions, and the commands that it and the phone page print make telephones ring', async () => {
  const child = begin('npm start -- --port 0 --simulator-port 0 --queue-port 0 --table-port 0 --speed 20 --quiet');
  const ended = once(child, 'close');
  let out = '';
  await new Promise<void>((resolve, reject) => {
    void ended.then(() => reject(new Error(`npm start ended: ${out}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('Press Ctrl-C to stop')) resolve();
    });
  });
  expect(out).toMatch(/callEvents: \[POST\] http:\/\/127\.0\.0\.1:\d+\/api\/call-events\/\{token\}/);
  expect(out).toMatch(/startCall: queueTrigger start-call/);
  expect(out).toMatch(/notifyOutages: timerTrigger \*\/10 \* \* \* \* \*/);
  const [, command = 'false'] = out.match(/^ +(npm run -s enqueue .*)$/m) ?? [];
  const [, calls = ''] = out.match(/Calls so far: +(\S+)/) ?? [];
  expect((await run(command)).code).toBe(0);
  await expect
    .poll(async () => (await fetch(calls)).json(), { timeout: 20_000, interval: 200 })
    .toMatchObject({ created: { '+14255550123': 1 } });
  const [, phone = ''] = out.match(/Your own phone: +(\S+)/) ?? [];
  expect((await fetch(phone)).headers.get('content-type')).toContain('text/html');
  const [, dashboard = ''] = out.match(/Dashboard: +(\S+)/) ?? [];
  expect((await fetch(dashboard)).headers.get('content-type')).toContain('text/html');
  const { ways } = PhoneBook.parse(await (await fetch(new URL('/simulator/phones', phone))).json());
  for (const [index, way] of ways.entries()) {
    const pasted = await run(`bash <<'END'\n${way.command.replaceAll('{number}', `+1425555014${index}`)}\nEND`);
    expect(pasted).toMatchObject({ code: 0, err: '' });
  }
  await expect
    .poll(async () => (await fetch(calls)).json(), { timeout: 20_000, interval: 200 })
    .toMatchObject({ created: { '+14255550140': 1, '+14255550141': 1 } });
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
  expect(isAlive(child.pid ?? 0)).toBe(false);
}, 60_000);

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

test('start:func says what is missing if the Core Tools are not installed', async () => {
  const { code, err } = await run('npm run -s start:func');
  // If they are installed, a clean checkout still lacks the settings file.
  expect(err).toMatch(/Core Tools are not installed here|There is no local\.settings\.json/);
  expect(code).toBe(1);
});

test('with invalid settings the app starts, and every problem is logged with the name of the setting', async () => {
  const settings = {
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    CALLER_NUMBERS: 'mine',
    CALLBACK_SECRET: 'too short',
  };
  const app = await startProcess({
    name: 'the app',
    entry: 'local/host/main.ts',
    args: ['--app', 'src/main.ts', '--port', '0'],
    env: { PATH: process.env['PATH'], ...settings },
  });
  const problems = app.stderrTail();
  await app.stop();
  for (const name of [
    'ACS_CONNECTION_STRING',
    'ACS_SOURCE_IDENTITY',
    'CALLER_NUMBERS',
    'CALLBACK_BASE_URL',
    'CALLBACK_SECRET',
  ]) {
    expect(problems).toContain(`settings: ${name}: `);
  }
  expect(problems).not.toContain('too short');
  expect(problems).not.toContain('AzureWebJobsStorage');
});

test.each(Object.entries(generatedDocs()))('%s matches the schemas', (file, generated) => {
  expect(readFileSync(file, 'utf8')).toBe(generated);
});

test.each(Object.entries(CONTRACTS))('the examples for %s fit its schema', (_queue, contracts) => {
  for (const { schema, examples } of contracts) for (const example of examples) schema.parse(example);
});
