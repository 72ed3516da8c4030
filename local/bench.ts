import { parseArgs } from 'node:util';
import { ANSWER_TO_VOICE, benchAnswerToVoice, benchLoad, LOAD } from './bench-calls.ts';
import { benchColdStart, COLD_START } from './bench-cold-start.ts';
import { runCommand, UsageError } from './cli.ts';

const USAGE = `Usage: npm run bench -- answer-to-voice | cold-start | load

  ${ANSWER_TO_VOICE}
  ${COLD_START}
  ${LOAD}
  --help            this text`;

/** Each resolves to whether the target was met. */
const BENCHMARKS = new Map([
  ['answer-to-voice', benchAnswerToVoice],
  ['cold-start', benchColdStart],
  ['load', benchLoad],
]);

await runCommand(async (onEnd) => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const run = BENCHMARKS.get(positionals.join());
  if (!run) throw new UsageError(`Name a benchmark: ${[...BENCHMARKS.keys()].join(', ')}.`);
  return (await run(onEnd)) ? 0 : 1;
});
