import { execFileSync } from 'node:child_process';

/** How often to look whether npm still runs, ms. */
const EVERY_MS = 500;

/**
 * Calls `end` when npm, which started this script, is gone: one that is killed cannot tell its script, which would go
 * on and keep its ports. Does nothing in a script that npm did not start.
 */
export function onParentEnd(end: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const npm = behindShell(parent);
  setInterval(() => (process.ppid !== parent || !isAlive(npm)) && end(), EVERY_MS).unref();
}

/** npm starts a shell for each script; some shells stay between it and the script. */
function behindShell(pid: number): number {
  try {
    const [parent = '', name = ''] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return /(^|\/|-)(ba|da|z|k)?sh$/.test(name) ? Number(parent) : pid;
  } catch {
    return pid;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
