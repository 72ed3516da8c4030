import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

type Run = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a command of the README in a new process group. */
export function begin(command: string): ChildProcess {
  return spawn('bash', ['-c', `exec ${command}`], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

export async function run(command: string): Promise<Run> {
  const child = begin(command);
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  await ended;
  return { code: child.exitCode, out, err };
}

/** Whether a process of this group still runs. */
export const isAlive = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};
