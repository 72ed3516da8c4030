import process from 'node:process';
import { numberFlag, readFlags, runCommand } from '../../local/cli.ts';
import { cpuOf } from '../../local/processes.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { tableText } from '../../local/table-text.ts';
import { csvOf } from './list.ts';
import { memoryOf, peakDuring } from './memory.ts';
import { declare, upload } from './outage.ts';
import { measureRoutes, type RouteTimes, readReport } from './routes.ts';
import { measureTicks, type Ticks } from './ticks.ts';

const USAGE = `Measures the import of a long list, the routes that read it and the timer's work, on this machine with Azurite.

  npm run scale
  npm run scale -- --rows 20000 --json`;

const ROWS = 100_000;
/** Length of the short list with which the timer's work is compared. */
const FEW = 1_000;

/** Limit of the app's heap, MB. Reading a whole list into memory would exceed it. */
const HEAP = 256;

/** One operation on the whole list. Memory (MB) and processor time are those of the app's process. */
type Step = {
  readonly what: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryBefore: number;
  readonly memoryPeak: number;
  readonly result: unknown;
};

type Measured = {
  readonly rows: number;
  readonly steps: readonly Step[];
  readonly routes: readonly RouteTimes[];
  /** By the number of recipients who wait. */
  readonly ticks: readonly (readonly [number, Ticks])[];
};

await runCommand(async (onEnd) => {
  const flags = readFlags(USAGE, {
    rows: { type: 'string', value: 'N', help: `length of the list (default ${ROWS})` },
    json: { type: 'boolean', help: 'print the figures as JSON on stdout' },
  });
  const rows = numberFlag('rows', flags.rows, { min: 1, max: 1_000_000 }) ?? ROWS;
  const onStack = async <Answer>(work: (stack: Stack) => Promise<Answer>): Promise<Answer> => {
    const stack = await startStack({ settings: { NODE_OPTIONS: `--max-old-space-size=${HEAP}` } });
    onEnd(() => stack.stop());
    const answer = await work(stack);
    await stack.stop();
    return answer;
  };
  const few = await onStack(async (stack) => {
    await declare(stack);
    await upload(stack, csvOf(FEW));
    return ticksOf(stack);
  });
  const { ticks, ...rest } = await onStack((stack) => measure(stack, rows));
  const measured = {
    rows,
    ...rest,
    ticks: [
      [FEW, few],
      [rows, ticks],
    ],
  } satisfies Measured;
  process.stdout.write(flags.json ? `${JSON.stringify(measured, null, 2)}\n` : `${inWords(measured)}\n`);
  return 0;
});

async function measure(stack: Stack, rows: number) {
  await declare(stack);
  const steps = [
    await step(stack, `import ${rows} rows`, () => upload(stack, csvOf(rows))),
    await step(stack, 'import them again', () => upload(stack, csvOf(rows))),
    await step(stack, 'read the report', () => readReport(stack)),
  ];
  return { steps, routes: await measureRoutes(stack), ticks: await ticksOf(stack) };
}

/** Stop the app before measuring the timer's work, so that its own work does not count. */
async function ticksOf(stack: Stack): Promise<Ticks> {
  await stack.app().stop();
  return measureTicks(stack);
}

async function step(stack: Stack, what: string, work: () => Promise<unknown>): Promise<Step> {
  const pid = stack.workerPid();
  const memoryBefore = await memoryOf(pid);
  const cpuBefore = await cpuOf(pid);
  const begun = performance.now();
  const [result, memoryPeak] = await peakDuring(pid, work);
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  const cpuSeconds = (await cpuOf(pid)) - cpuBefore;
  process.stderr.write(`${what}: ${seconds} s ${JSON.stringify(result)}\n`);
  return { what, seconds, cpuSeconds, memoryBefore, memoryPeak, result };
}

function inWords({ rows, steps, routes, ticks }: Measured): string {
  const table = (header: string[], rows: (string | number)[][]): string =>
    tableText(
      header,
      rows.map((row) => row.map(String)),
    );
  return [
    table(
      ['once, with the whole list', 's', 'processor, s', 'memory before, MB', 'at most, MB'],
      steps.map((each) => [each.what, each.seconds, each.cpuSeconds, each.memoryBefore, each.memoryPeak]),
    ),
    table(
      [`a route, with ${rows} people`, 'median, ms', 'slowest, ms'],
      routes.map(({ what, medianMs, slowestMs }) => [what, medianMs, slowestMs]),
    ),
    table(
      ['a tick, every line in use', 'median, ms', 'processor, ms', 'requests to storage'],
      ticks.map(([people, { medianMs, cpuMs, requests }]) => [`${people} people`, medianMs, cpuMs, requests]),
    ),
  ].join('\n\n');
}
