import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type LoadTime, loadTimes, MAX_MS_MORE } from '../../local/cold-start.ts';
import { statedLoadingBound } from '../fixtures/stated-costs.ts';

const RUNS = 9;

/** Load time of `@azure/functions` alone, ms, on the machine that the limit is for. A slower one gets a higher limit. */
const LIBRARY_MS = 15;

// Compares processor time, and the best of several runs, because other tests run at the same time.
test('the app is not slow to load, compared with @azure/functions alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-package-'));
  try {
    await promisify(execFile)(process.execPath, ['local/build.ts', '--out', folder]);
    const times = await loadTimes(join(folder, 'app.cjs'), RUNS);
    const best = (runs: readonly LoadTime[]): number => Math.min(...runs.map(({ cpuMs }) => cpuMs));
    const library = best(times.library);
    const limit = MAX_MS_MORE * Math.max(1, library / LIBRARY_MS);
    expect(best(times.app) - library).toBeLessThan(limit);
    // With telemetry too: it starts after the first answer.
    expect(best(times.telemetry) - library).toBeLessThan(limit);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('docs/costs.md states how much longer the app may take to load', () => {
  expect(statedLoadingBound()).toBe(MAX_MS_MORE);
});
