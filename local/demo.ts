import { setTimeout as sleep } from 'node:timers/promises';
import type { OutageView } from '../src/lib/views/outage-view.ts';
import { API_FLAG, apiFlag } from './api-flag.ts';
import { numberFlag, readFlags, runCommand, UsageError } from './cli.ts';
import { type Report, reportOf, tableOf } from './demo-report.ts';
import { loadScene, PEOPLE } from './demo-scene.ts';
import { management } from './management.ts';
import { type Progress, progressBar } from './progress.ts';
import { type Stack, startStack } from './stack.ts';
import { timelineText } from './timeline-text.ts';

const USAGE = `Usage: npm run demo -- [flags]

Declares a sample outage, lets the timer call everyone on the list, and shows the outcomes.
Storage, the telephone service and the people are simulated on this machine; the app is the real one.
Exit codes: 0 every recipient has an outcome, 1 some have none, 2 invalid flags.`;

const FLAGS = {
  recipients: { type: 'string', value: 'N', help: 'call N generated people instead of the sample list' },
  outage: { type: 'string', value: 'FILE', help: 'your own outage (JSON; docs/outage.md)' },
  csv: { type: 'string', value: 'FILE', help: 'your own list (CSV with a phone column)' },
  api: API_FLAG,
  speed: {
    type: 'string',
    value: 'X',
    help: 'speed of the simulated people (default 4); the app always runs at normal speed',
  },
  seed: { type: 'string', value: 'N', help: 'seed for what each person does (default 1)' },
  port: { type: 'string', value: 'P', help: 'port of the app (default: a free one)' },
  json: { type: 'boolean', help: 'print the final report as one JSON object and nothing else' },
} as const;

/** Shorter than in production: the sample's calls take seconds, so the timer can check silent attempts early. */
const LEASE_SECONDS = 60;

/** If nothing changes for this long, something is wrong: even a silent attempt would have ended. Ms. */
const STANDSTILL_MS = 3 * LEASE_SECONDS * 1000;

await runCommand(async (onEnd) => {
  const flags = readFlags(USAGE, FLAGS);
  const recipients = numberFlag('recipients', flags.recipients, { min: 1, max: 50_000 });
  const speed = numberFlag('speed', flags.speed, { min: 0.1, max: 1000 }) ?? 4;
  const seed = numberFlag('seed', flags.seed, { min: 0, max: 2 ** 31 }) ?? 1;
  const api = apiFlag(flags.api);
  const port = numberFlag('port', flags.port, { min: 1, max: 65_535 });
  const scene = loadScene({
    outageFile: flags.outage,
    csvFile: flags.csv,
    recipients,
    callsPhonesOnly: api === 'tpe',
  });
  const say = (text: string): void => void (flags.json || process.stdout.write(`${text}\n`));

  say('Starting storage, the telephone service and the app on this machine …');
  const stack = await startStack({
    api,
    ...(port !== undefined && { appPort: port }),
    settings: {
      CALL_LEASE_SECONDS: String(LEASE_SECONDS),
      ...(scene.callerNumbers && { CALLER_NUMBERS: scene.callerNumbers }),
    },
    simulator: { speed, seed, callsPerNumber: scene.linesPerNumber, people: PEOPLE },
  });
  const bar = progressBar();
  onEnd(async () => {
    bar.stop();
    await stack.stop();
  });

  const manage = management(stack);
  const outage = await manage.declare({ ...scene.outage(`${stack.simulator.url}/simulator/audio`), launch: true });
  const imported = await manage.importCsv(outage.id, scene.csv);
  for (const { line, reason } of imported.rejections) process.stderr.write(`line ${line} of the list: ${reason}\n`);
  if (imported.added === 0)
    throw new UsageError('The list has no usable rows. Its first row must be a header with the column phone');
  say(`${imported.added} people are on the list of "${scene.title}"${leftOut(imported)}. The timer will call them.\n`);

  const begun = Date.now();
  const view = await watch(stack, bar, imported.added, () => manage.view(outage.id));
  const report = reportOf(stack, view, { begun, speed, seed, callers: outage.callers });
  await show(stack, report, flags.json ?? false);
  if (!report.everyoneHasAnOutcome) {
    const open = JSON.stringify({ ...view.states, done: undefined });
    process.stderr.write(
      `Some recipients have no outcome, and nothing changed for ${STANDSTILL_MS / 1000} s: ${open}\n`,
    );
  }
  return report.everyoneHasAnOutcome ? 0 : 1;
});

/** Shows the progress until everybody has an outcome, or nothing changes for {@link STANDSTILL_MS}. */
async function watch(stack: Stack, bar: Progress, total: number, ask: () => Promise<OutageView>): Promise<OutageView> {
  bar.start(total);
  let crashed = false;
  void stack.app().exited.then(() => (crashed = true));
  let news = { at: Date.now(), what: '' };
  for (;;) {
    const view = await ask();
    const ended = view.states.done;
    const { callsInFlight, created } = stack.simulator.calls();
    bar.update(ended, callsInFlight, sum(created));
    const what = `${ended} ${callsInFlight} ${sum(created)}`;
    if (what !== news.what) news = { at: Date.now(), what };
    const isOver = ended >= total && callsInFlight === 0;
    if (isOver || crashed || Date.now() - news.at > STANDSTILL_MS) {
      bar.stop();
      if (crashed) throw new Error(`The app stopped unexpectedly:\n${stack.app().stderrTail()}`);
      return view;
    }
    await sleep(500);
  }
}

function leftOut({ duplicates, rejected }: { duplicates: number; rejected: number }): string {
  const parts = [duplicates > 0 && `${duplicates} duplicates`, rejected > 0 && `${rejected} rejected`].filter(Boolean);
  return parts.length > 0 ? ` (left out: ${parts.join(', ')})` : '';
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

async function show(stack: Stack, report: Report, asJson: boolean): Promise<void> {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  process.stdout.write(`${tableOf(report)}\n\n`);
  const { calls } = stack.simulator.calls();
  const call = calls.find(({ people }) => people.some(({ pressed }) => pressed.includes('2'))) ?? calls[0];
  if (call) process.stdout.write(`${timelineText(await management(stack).call(call.callLegId))}\n`);
}
