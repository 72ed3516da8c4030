import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from './cli.ts';
import { loadTimes, MAX_MS_MORE, median } from './cold-start.ts';

const USAGE = `Usage: npm run bench -- cold-start

  cold-start   compares how long the built package and @azure/functions alone take to load: the median of 20 new
               processes each, alternating. Exit code 1 if the package takes over ${MAX_MS_MORE} ms longer.
  --help       this text`;

const RUNS = 20;

await runCommand(async (onEnd) => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (positionals.join() !== 'cold-start') throw new UsageError('Name a benchmark: cold-start.');
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'));
  onEnd(async () => rmSync(folder, { recursive: true }));
  execFileSync(process.execPath, ['local/build.ts', '--out', folder]);
  const times = await loadTimes(join(folder, 'app.cjs'), RUNS);
  const [library = 0, app = 0] = [times.library, times.app].map((runs) => median(runs.map(({ ms }) => ms)));
  const more = app - library;
  process.stdout.write(`\
@azure/functions alone   ${library.toFixed(0)} ms
the built package        ${app.toFixed(0)} ms
difference               ${more.toFixed(0)} ms, at most ${MAX_MS_MORE} allowed (median of ${RUNS} each)
`);
  return more <= MAX_MS_MORE ? 0 : 1;
});
