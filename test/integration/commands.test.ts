import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { generatedDocs } from '../../local/generated-docs.ts';
import { startProcess } from '../../local/processes.ts';
import { CONTRACTS } from '../../local/queue-contracts.ts';
import { begin, isAlive, run } from './support/commands.ts';

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

test.each(['ga', 'tpe'])(
  'the demo with today’s API gives the same result, also from Teams Phone: %s',
  async (api) => {
    const { code, out } = await run(`npm run -s demo -- --api ${api} --json --recipients 20 --speed 20 --seed 7`);
    expect(code).toBe(0);
    const outcomes = Object.values(
      z.looseObject({ outcomes: z.record(z.string(), z.number()) }).parse(JSON.parse(out)).outcomes,
    );
    expect(outcomes.reduce((sum, count) => sum + count, 0)).toBe(20);
  },
  90_000,
);

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
  [
    `npm run -s enqueue -- hang-up '{"callLegId":"1"}' --storage garbage`,
    '--storage is not a storage connection string',
  ],
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
