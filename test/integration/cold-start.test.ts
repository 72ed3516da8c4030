import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type LoadTime, loadTimes, MAX_TIMES } from '../../local/cold-start.ts';
import { statedLoadingBound } from '../fixtures/stated-costs.ts';

const RUNS = 9;

// Compares processor time, and the best of several runs, because other tests run at the same time.
test('the app is not slow to load, compared with @azure/functions alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-package-'));
  try {
    await promisify(execFile)(process.execPath, ['local/build.ts', '--out', folder]);
    const times = await loadTimes(join(folder, 'app.cjs'), RUNS);
    const best = (runs: readonly LoadTime[]): number => Math.min(...runs.map(({ cpuMs }) => cpuMs));
    const most = MAX_TIMES * best(times.library);
    expect(best(times.app)).toBeLessThan(most);
    // Neither telemetry nor the libraries for workbooks: they have files of their own.
    for (const { files } of [...times.app, ...times.telemetry]) expect(files).toEqual(['app.cjs']);
    // With telemetry too: it starts after the first answer.
    expect(best(times.telemetry)).toBeLessThan(most);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('docs/costs.md states how much more the app may take to load', () => {
  expect(statedLoadingBound()).toBe(MAX_TIMES);
});
