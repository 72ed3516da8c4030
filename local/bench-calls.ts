import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord } from '../simulator/simulator.ts';
import { APIS, type Api } from './api-flag.ts';
import { generatedList } from './demo-scene.ts';
import { management } from './management.ts';
import { cpuOf } from './processes.ts';
import { type Stack, startStack } from './stack.ts';
import { tableText } from './table-text.ts';

/** From the answer to the request for the first audio, ms. */
const TARGET = { p50: 100, p95: 140 };

export const ANSWER_TO_VOICE = `\
answer-to-voice   24 calls on 4 lines on the demo's stack, with each API: how long after the answer the first audio is
                    asked for. Exit code 1 if p50 is over ${TARGET.p50} ms or p95 over ${TARGET.p95} ms.`;
export const LOAD = `\
load              500 calls on 100 lines on the demo's stack, with each API: calls a minute, processor time a call, and
                    how long after the answer the first audio is asked for.`;

type Size = { readonly calls: number; readonly lines: number };

type Measured = {
  readonly api: Api;
  /** From the answer to the first audio, ms, in order. */
  readonly silences: readonly number[];
  /** From the upload of the list to the first call, ms. */
  readonly firstCallMs: number;
  readonly callsPerMinute: number;
  /** Of the app's own process, without the host. */
  readonly cpuMsPerCall: number;
};

type OnEnd = (cleanUp: () => Promise<void>) => void;

const CALLER = '+14255550190';
const PEOPLE = { people: {}, mix: { 'answers after 1 s, presses 1 after 2 s, stays': 1 } };

/** @returns true if the targets are met. */
export async function benchAnswerToVoice(onEnd: OnEnd): Promise<boolean> {
  const measured = await measure({ calls: 24, lines: 4 }, onEnd);
  const rows = measured.map(({ api, silences, firstCallMs }) => [
    api,
    ...[percentile(silences, 50), percentile(silences, 95), percentile(silences, 100), firstCallMs].map(whole),
  ]);
  process.stdout.write(`${tableText(['answer to voice, ms', 'p50', 'p95', 'max', 'list to first call, ms'], rows)}\n`);
  return measured.every(
    ({ silences }) => percentile(silences, 50) <= TARGET.p50 && percentile(silences, 95) <= TARGET.p95,
  );
}

/** Has no target of its own: the figures depend on the machine. */
export async function benchLoad(onEnd: OnEnd): Promise<boolean> {
  const measured = await measure({ calls: 500, lines: 100 }, onEnd);
  const rows = measured.map(({ api, silences, callsPerMinute, cpuMsPerCall }) => [
    api,
    ...[callsPerMinute, cpuMsPerCall, percentile(silences, 50), percentile(silences, 95)].map(whole),
  ]);
  const header = ['500 calls on 100 lines', 'calls a minute', 'processor, ms a call', 'p50, ms', 'p95, ms'];
  process.stdout.write(`${tableText(header, rows)}\n`);
  return true;
}

async function measure(size: Size, onEnd: OnEnd): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const api of APIS) measured.push(await measureWith(api, size, onEnd));
  return measured;
}

async function measureWith(api: Api, { calls, lines }: Size, onEnd: OnEnd): Promise<Measured> {
  const settings = { CALLER_NUMBERS: `${CALLER}:${lines}` };
  const stack = await startStack({ api, settings, simulator: { callsPerNumber: lines, people: PEOPLE } });
  onEnd(() => stack.stop());
  const manage = management(stack);
  const audio = (name: string): string => `${stack.simulator.url}/simulator/audio/${name}.wav`;
  const { id } = await manage.declare({
    title: 'Storm',
    launch: true,
    script: { message: audio('message'), thanks: audio('thanks') },
  });
  const cpuBefore = await cpuOf(stack.workerPid());
  await manage.importCsv(id, generatedList(calls));
  const begunAt = Date.now();
  const records = await ended(stack, calls);
  const cpuMs = ((await cpuOf(stack.workerPid())) - cpuBefore) * 1000;
  const starts = records.map(({ states }) => Date.parse(states[0]?.at ?? ''));
  const ends = records.map(({ states }) => Date.parse(states.at(-1)?.at ?? ''));
  await stack.stop();
  return {
    api,
    silences: records.map(silenceOf).sort((a, b) => a - b),
    firstCallMs: Math.min(...starts) - begunAt,
    callsPerMinute: (calls / (Math.max(...ends) - Math.min(...starts))) * 60_000,
    cpuMsPerCall: cpuMs / calls,
  };
}

async function ended({ simulator }: Stack, calls: number): Promise<readonly CallRecord[]> {
  for (;;) {
    const report = simulator.calls();
    if (report.calls.length >= calls && report.callsInFlight === 0) return report.calls;
    await sleep(200);
  }
}

function silenceOf({ people, operations }: CallRecord): number {
  const [callee] = people;
  const audio = operations.find(({ operation }) => operation === 'playAudio');
  return Date.parse(audio?.at ?? '') - Date.parse(callee?.answeredAt ?? '');
}

/** @param sorted in ascending order. */
const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;

const whole = (value: number): string => value.toFixed(0);
