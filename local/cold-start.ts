import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startProcess } from './processes.ts';

/**
 * How long loading took, ms, until the host has the list of functions; and what the app used afterwards, while it was
 * watched, with the longest time for which it was blocked. CPU time hardly depends on other load on the machine.
 */
const LoadTime = z.object({
  ms: z.number(),
  cpuMs: z.number(),
  idleCpuMs: z.number(),
  blockedMs: z.number(),
  /** Names of the files in the app's folder that were loaded until then. */
  files: z.array(z.string()),
});
export type LoadTime = z.infer<typeof LoadTime>;

/** The times of all runs: of `@azure/functions` alone, of the app, and of the app with telemetry. */
export type LoadTimes = { readonly library: LoadTime[]; readonly app: LoadTime[]; readonly telemetry: LoadTime[] };

/** How many times as much CPU time as `@azure/functions` alone the app may take to load. The speed of the machine hardly matters. */
export const MAX_TIMES = 14;

/** How long the app with telemetry is watched after its first answer, ms: it starts telemetry in this time. */
const WATCHED_MS = 5_000;

const LOADER = fileURLToPath(new URL('./load-time.ts', import.meta.url));
const LIBRARY = createRequire(import.meta.url).resolve('@azure/functions');

/** Minimal settings with which the app loads. Loading sends no request. */
const SETTINGS = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACS_CONNECTION_STRING: 'endpoint=https://ringdown.invalid/;accesskey=YQ==',
  ACS_SOURCE_IDENTITY: '8:acs:ringdown',
  CALLER_NUMBERS: '+14255550190',
  CALLBACK_BASE_URL: 'https://ringdown.invalid',
  CALLBACK_SECRET: 'a secret of more than thirty-two characters',
  NUMBER_SECRET: 'another secret of more than thirty-two characters',
};

/** Nothing is sent there: the app ends before the first export. */
const TELEMETRY = {
  APPLICATIONINSIGHTS_CONNECTION_STRING:
    'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=http://127.0.0.1:9/',
};

/**
 * Measures how long `@azure/functions` alone and the built app take to load, each time in a new process. Alternates
 * between them, so that other load on the machine affects both alike.
 * @param app absolute path of the bundle.
 * @param watched whether to watch the app with telemetry until it has started that.
 */
export async function loadTimes(app: string, runs: number, watched = false): Promise<LoadTimes> {
  const times: LoadTimes = { library: [], app: [], telemetry: [] };
  for (let run = 0; run < runs; run++) {
    times.library.push(await loadTime(LIBRARY));
    times.app.push(await loadTime(app));
    times.telemetry.push(await loadTime(app, TELEMETRY, watched ? WATCHED_MS : 0));
  }
  return times;
}

async function loadTime(path: string, settings = {}, idleMs = 0): Promise<LoadTime> {
  const env = { PATH: process.env['PATH'], ...SETTINGS, ...settings };
  const args = [path, '--idle', String(idleMs)];
  const answered = { type: 'functions' };
  const loader = await startProcess({
    name: 'the loader',
    entry: LOADER,
    args,
    env,
    onMessage: (_, answer) => answer(answered),
  });
  await loader.stop();
  return LoadTime.parse(loader.ready);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = low] = sorted.slice(sorted.length % 2 ? middle : middle - 1);
  return sorted.length % 2 ? low : (low + high) / 2;
}
