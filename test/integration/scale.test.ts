import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const Ticks = z.object({ requests: z.number(), medianMs: z.number(), cpuMs: z.number() });
const Measured = z.object({
  steps: z.array(z.object({ what: z.string(), memoryPeak: z.number().positive(), result: z.looseObject({}) })),
  routes: z.array(z.object({ what: z.string(), medianMs: z.number().positive() })).nonempty(),
  ticks: z.tuple([z.tuple([z.literal(1_000), Ticks]), z.tuple([z.literal(3_000), Ticks])]),
});

test('npm run scale measures a list from its import to the timer’s work, which does not grow with the list', {
  timeout: 120_000,
}, async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'scale', '--', '--rows', '3000', '--json']);
  const { steps, ticks } = Measured.parse(JSON.parse(stdout));
  expect(steps.map(({ result }) => result)).toEqual([
    expect.objectContaining({ added: 3_000, alreadyThere: 0, duplicates: 0, rejected: 0 }),
    expect.objectContaining({ added: 0, alreadyThere: 3_000 }),
    expect.objectContaining({ rows: 3_000 }),
  ]);
  const [[, few], [, many]] = ticks;
  expect(few.requests).toBeGreaterThan(0);
  expect(many.requests - few.requests).toBeLessThan(1);
});
