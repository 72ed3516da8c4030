import process from 'node:process';
import { numberFlag, readFlags, runCommand } from '../../local/cli.ts';
import { tableText } from '../../local/table-text.ts';
import { measureManyOutages } from './many-outages.ts';

const USAGE = `Measures the ticks of the timer with many open outages that share all lines, in memory, with a storage that takes a
while for each request.

  npm run scale:outages
  npm run scale:outages -- --outages 500 --ms 20`;

/** A tick must end before the next one begins. */
const MOST_SECONDS = 10;

await runCommand(async () => {
  const flags = readFlags(USAGE, {
    outages: { type: 'string', value: 'N', help: 'how many (default 2000)' },
    numbers: { type: 'string', value: 'N', help: 'caller numbers of two lines each (default 50)' },
    ms: { type: 'string', value: 'MS', help: 'how long storage takes for a request (default 8)' },
    json: { type: 'boolean', help: 'print the figures as JSON on stdout' },
  });
  const outages = numberFlag('outages', flags.outages, { min: 1, max: 100_000 }) ?? 2_000;
  const numbers = numberFlag('numbers', flags.numbers, { min: 1, max: 1_000 }) ?? 50;
  const ms = numberFlag('ms', flags.ms, { min: 0, max: 1_000 }) ?? 8;
  const ticks = await measureManyOutages(outages, numbers, ms);
  const table = tableText(
    [`a tick, ${outages} outages`, 's', 'processor, s', 'requests to storage', 'calls so far', 'of outages'],
    ticks.map((each) => [each.what, each.seconds, each.cpuSeconds, each.requests, each.calls, each.served].map(String)),
  );
  process.stdout.write(flags.json ? `${JSON.stringify(ticks, null, 2)}\n` : `${table}\n`);
  return ticks.some(({ seconds }) => seconds > MOST_SECONDS) ? 1 : 0;
});
