import process from 'node:process';
import { numberFlag, readFlags, runCommand, UsageError } from '../../local/cli.ts';
import { tableText } from '../../local/table-text.ts';
import type { Dialect } from '../../simulator/service/news.ts';
import { DIALECT_2021 } from '../../simulator/wire-2021/dialect.ts';
import { DIALECT_GA } from '../../simulator/wire-ga/dialect.ts';
import { Campaign } from './campaign.ts';
import { measureAcknowledgedCall } from './measure.ts';
import { live } from './world.ts';

const USAGE = `Runs simulated worlds, one seed each, and checks that the app keeps its promises in all of them.

  npm run chaos -- --seeds 500
  npm run chaos -- --seeds 1 --seed 4711`;

const DEFAULT_API = '2021-04-15-preview1';
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  [DEFAULT_API, DIALECT_2021],
  ['ga', DIALECT_GA],
]);
const TRACE = 400;
const SHOWN_FAILURES = 5;

await runCommand(async () => {
  const flags = readFlags(USAGE, {
    seeds: { type: 'string', value: 'N', help: 'how many worlds (500)' },
    seed: { type: 'string', value: 'S', help: 'the first seed (1); each world takes the next one' },
    recipients: { type: 'string', value: 'R', help: 'people in each world (default: drawn from the seed)' },
    trace: { type: 'string', value: 'N', help: `how many of the last steps of a failed world to show (${TRACE})` },
    api: { type: 'string', value: 'A', help: `the API of the service: ${DEFAULT_API} (default) or ga` },
    json: { type: 'boolean', help: 'the summary as JSON, on stdout' },
  });
  const seeds = numberFlag('seeds', flags.seeds, { min: 1, max: 10_000_000 }) ?? 500;
  const first = numberFlag('seed', flags.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1;
  const recipients = numberFlag('recipients', flags.recipients, { min: 1, max: 1_000 });
  const trace = numberFlag('trace', flags.trace, { min: 1, max: 1_000_000 }) ?? TRACE;

  const dialect = dialectOf(flags.api);

  const campaign = new Campaign();
  let toldAt = Date.now();
  for (let seed = first; seed < first + seeds; seed++) {
    const report = await live({ seed, recipients, dialect });
    campaign.add(report);
    if (report.violation && campaign.failures.length <= SHOWN_FAILURES) {
      // Tracing is slow, so it is on only for this second run of the same world.
      const again = await live({ seed, recipients, dialect, trace });
      process.stderr.write(`\n${again.trace.join('\n')}\n`);
      process.stderr.write(`seed ${seed}: ${report.violation.rule}: ${report.violation.what}\n`);
      if (again.violation?.what !== report.violation.what) process.stderr.write('The world did not replay exactly.\n');
    }
    if (Date.now() - toldAt > 2_000) {
      toldAt = Date.now();
      process.stderr.write(`${campaign.worlds}/${seeds} worlds, ${campaign.failures.length} with a broken promise\n`);
    }
  }
  const summary = campaign.summary(await measureAcknowledgedCall());
  process.stdout.write(
    flags.json ? `${JSON.stringify(summary, null, 2)}\n` : `${tableText(['', ''], rowsOf(summary))}\n`,
  );
  return campaign.failures.length > 0 ? 1 : 0;
});

function dialectOf(api = DEFAULT_API): Dialect {
  const dialect = DIALECTS.get(api);
  if (dialect) return dialect;
  throw new UsageError(`--api must be one of ${[...DIALECTS.keys()].join(', ')}, not ${JSON.stringify(api)}`);
}

function rowsOf(summary: ReturnType<Campaign['summary']>): string[][] {
  const rows = Object.entries(summary).flatMap(([name, value]): string[][] => {
    if (Array.isArray(value)) return value.map((item) => [name, String(item)]);
    if (typeof value !== 'object') return [[name, String(value)]];
    return Object.entries(value).map(([part, count]) => [`${name}: ${part}`, String(count)]);
  });
  return rows;
}
