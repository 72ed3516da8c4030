import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startProcess } from './processes.ts';

/** How long loading took, ms. CPU time hardly depends on other load on the machine. */
const LoadTime = z.object({ ms: z.number(), cpuMs: z.number() });
export type LoadTime = z.infer<typeof LoadTime>;

/** The times of all runs. */
export type LoadTimes = { readonly library: LoadTime[]; readonly app: LoadTime[] };

/** How much longer the app may take to load than `@azure/functions` alone, ms: the difference of the medians. */
export const MAX_MS_MORE = 150;

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
};

/**
 * Measures how long `@azure/functions` alone and the built app take to load, each time in a new process. Alternates
 * between them, so that other load on the machine affects both alike.
 * @param app absolute path of the bundle.
 */
export async function loadTimes(app: string, runs: number): Promise<LoadTimes> {
  const times: LoadTimes = { library: [], app: [] };
  for (let run = 0; run < runs; run++) {
    times.library.push(await loadTime(LIBRARY));
    times.app.push(await loadTime(app));
  }
  return times;
}

async function loadTime(path: string): Promise<LoadTime> {
  const env = { PATH: process.env['PATH'], ...SETTINGS };
  const loader = await startProcess({ name: 'the loader', entry: LOADER, args: [path], env });
  await loader.exited;
  return LoadTime.parse(loader.ready);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = low] = sorted.slice(sorted.length % 2 ? middle : middle - 1);
  return sorted.length % 2 ? low : (low + high) / 2;
}
