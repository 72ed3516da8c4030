import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RunningApp } from './app-process.ts';

/**
 * Runs until the app ends by itself. Each `r` and Enter on stdin kills the app's process and starts another, as a crash
 * in Azure would: nobody is lost by it.
 * @returns how it ended: the exit code, or the signal.
 */
export async function untilItEnds(running: RunningApp): Promise<number | NodeJS.Signals> {
  let restarted: Promise<void> | undefined;
  if (mayRead()) {
    createInterface({ input: process.stdin }).on('line', (line) => {
      if (line.trim() === 'r') restarted ??= killAndRestart(running).finally(() => (restarted = undefined));
    });
  }
  for (;;) {
    const how = await running.app().exited;
    if (!restarted) return how;
    await restarted;
  }
}

async function killAndRestart(running: RunningApp): Promise<void> {
  process.stdout.write('The app was killed. It starts again …\n');
  const begun = Date.now();
  process.kill(running.app().pid, 'SIGKILL');
  await running.app().exited;
  await running.restart();
  process.stdout.write(`It runs again after ${((Date.now() - begun) / 1000).toFixed(1)} s.\n`);
}

/** A background job of a terminal (`npm start &`) would be stopped if it read from it. */
function mayRead(): boolean {
  if (!process.stdin.isTTY) return true;
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(process.pid)], { encoding: 'utf8' }).includes('+');
  } catch {
    return true;
  }
}
