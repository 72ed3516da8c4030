import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EVERY_MS = 250;

/** The memory of a process (resident set), MB. */
export async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Math.round(Number(stdout) / 1024);
}

/** The peak memory of a process during some work, MB. */
export async function peakDuring<Answer>(pid: number, work: () => Promise<Answer>): Promise<[Answer, number]> {
  let peak = await memoryOf(pid);
  let isLooking = true;
  const looking = (async () => {
    while (isLooking) {
      peak = Math.max(peak, await memoryOf(pid));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  try {
    return [await work(), peak];
  } finally {
    isLooking = false;
    await looking;
  }
}
