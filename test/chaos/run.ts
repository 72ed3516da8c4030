import process from 'node:process';
import { numberFlag, readFlags, runCommand, UsageError } from '../../local/cli.ts';
import { tableText } from '../../local/table-text.ts';
import { Campaign } from './campaign.ts';
import { API_2021, APIS, dialectOf } from './dialects.ts';
import { liveAll, THREADS } from './live-all.ts';
import { measureAcknowledgedCall } from './measure.ts';
import { live, type WorldReport } from './world.ts';

const USAGE = `Runs simulated worlds, one seed each, and checks that the app keeps its promises in all of them.

  npm run chaos -- --seeds 500
  npm run chaos -- --seeds 1 --seed 4711`;

const TRACE = 400;
const SHOWN_FAILURES = 5;

await runCommand(async () => {
  const flags = readFlags(USAGE, {
    seeds: { type: 'string', value: 'N', help: 'how many worlds (500)' },
    seed: { type: 'string', value: 'S', help: 'the first seed (1); each world takes the next one' },
    recipients: { type: 'string', value: 'R', help: 'people in each world (default: drawn from the seed)' },
    trace: { type: 'string', value: 'N', help: `how many of the last steps of a failed world to show (${TRACE})` },
    api: {
      type: 'string',
      value: 'A',
      help: `the API of the service: ${API_2021} (default), ga, or tpe: ga with Teams Phone`,
    },
    threads: { type: 'string', value: 'N', help: `threads that share the worlds (${THREADS})` },
    json: { type: 'boolean', help: 'the summary as JSON, on stdout' },
  });
  const seeds = numberFlag('seeds', flags.seeds, { min: 1, max: 10_000_000 }) ?? 500;
  const first = numberFlag('seed', flags.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1;
  const recipients = numberFlag('recipients', flags.recipients, { min: 1, max: 1_000 });
  const trace = numberFlag('trace', flags.trace, { min: 1, max: 1_000_000 }) ?? TRACE;

  const threads = numberFlag('threads', flags.threads, { min: 1, max: 64 }) ?? THREADS;
  const { api = API_2021 } = flags;
  if (!APIS.includes(api)) throw new UsageError(`--api must be one of ${APIS.join(', ')}, not ${JSON.stringify(api)}`);

  const campaign = new Campaign();
  const broken: WorldReport[] = [];
  let toldAt = Date.now();
  await liveAll({ first, count: seeds, api, recipients }, threads, (report) => {
    campaign.add(report);
    if (report.violation) {
      broken.push(report);
      process.stderr.write(`seed ${report.seed}: ${report.violation.rule}: ${report.violation.what}\n`);
    }
    if (Date.now() - toldAt < 2_000) return;
    toldAt = Date.now();
    process.stderr.write(`${campaign.worlds}/${seeds} worlds, ${broken.length} with a broken promise\n`);
  });
  broken.sort((one, other) => one.seed - other.seed);
  for (const { seed, violation } of broken.slice(0, SHOWN_FAILURES)) {
    // Tracing is slow, so it is on only for this second run of the same world.
    const again = await live({ seed, recipients, dialect: dialectOf(api), trace });
    process.stderr.write(`\n${again.trace.join('\n')}\nseed ${seed}: ${violation?.rule}: ${violation?.what}\n`);
    if (again.violation?.what !== violation?.what) process.stderr.write('The world did not replay exactly.\n');
  }
  const summary = campaign.summary(await measureAcknowledgedCall(dialectOf(api)));
  process.stdout.write(
    flags.json ? `${JSON.stringify(summary, null, 2)}\n` : `${tableText(['', ''], rowsOf(summary))}\n`,
  );
  return broken.length > 0 ? 1 : 0;
});

function rowsOf(summary: ReturnType<Campaign['summary']>): string[][] {
  const rows = Object.entries(summary).flatMap(([name, value]): string[][] => {
    if (Array.isArray(value)) return value.map((item) => [name, String(item)]);
    if (typeof value !== 'object') return [[name, String(value)]];
    return Object.entries(value).map(([part, count]) => [`${name}: ${part}`, String(count)]);
  });
  return rows;
}
