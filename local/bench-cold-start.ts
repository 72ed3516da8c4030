import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTimes, MAX_TIMES, median } from './cold-start.ts';
import { tableText } from './table-text.ts';

const RUNS = 20;

export const COLD_START = `\
cold-start        compares how long the built package, with and without telemetry, and @azure/functions alone take to
                    load until the host has the list of functions: the median of ${RUNS} new processes each, alternating.
                    Exit code 1 if the package takes over ${MAX_TIMES} times as much processor time.`;

/** @returns true if the package loads fast enough. */
export async function benchColdStart(onEnd: (cleanUp: () => Promise<void>) => void): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'));
  onEnd(async () => rmSync(folder, { recursive: true }));
  execFileSync(process.execPath, ['local/build.ts', '--out', folder]);
  const runs = await loadTimes(join(folder, 'app.cjs'), RUNS, true);
  const [library, app, telemetry] = [runs.library, runs.app, runs.telemetry].map((each) => ({
    ms: median(each.map(({ ms }) => ms)),
    cpuMs: median(each.map(({ cpuMs }) => cpuMs)),
    idleCpuMs: median(each.map(({ idleCpuMs }) => idleCpuMs)),
    blockedMs: median(each.map(({ blockedMs }) => blockedMs)),
  }));
  if (!library || !app || !telemetry) throw new Error('Nothing was measured.');
  const times = Math.max(app.cpuMs, telemetry.cpuMs) / library.cpuMs;
  const rows = [
    ['@azure/functions alone', library],
    ['the built package', app],
    ['the built package with telemetry', telemetry],
  ] as const;
  process.stdout.write(`\
${tableText(
  ['until the host has the list of functions', 'ms', 'processor, ms'],
  rows.map(([what, { ms, cpuMs }]) => [what, ms.toFixed(0), cpuMs.toFixed(0)]),
)}

the package takes ${times.toFixed(1)} times as much processor time, at most ${MAX_TIMES} times allowed (median of ${RUNS} each)
telemetry starts seconds after the first answer: ${telemetry.idleCpuMs.toFixed(0)} ms of processor time; the app is blocked for ${telemetry.blockedMs.toFixed(0)} ms
`);
  return times <= MAX_TIMES;
}
