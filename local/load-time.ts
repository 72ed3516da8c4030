/**
 * Loads an app as the Functions worker does after it got the app's settings (azure-functions-nodejs-worker,
 * FunctionEnvironmentReloadHandler and FunctionsMetadataHandler): loads the entry, runs the hooks, asks for the
 * capabilities, answers, and answers the host's next request, for the functions. Work that the app leaves to a later turn
 * of the event loop delays that answer, so it counts. Reports how long it took, wall time and CPU time,
 * and which files were loaded.
 *
 * Then runs one invocation's hooks, stays idle, and reports the longest time for which the app was blocked.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installCoreModule } from './host/core-module.ts';

const { values, positionals } = parseArgs({
  options: { idle: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const [path = ''] = positionals;
const idleMs = Number(values.idle);
const worker = installCoreModule();
const require = createRequire(import.meta.url);
const hookContext = { hookData: {}, appHookData: {} };

const asked = new Promise<void>((resolve) => process.once('message', () => resolve()));
const [begun, usedBefore] = [performance.now(), process.cpuUsage()];
await readFile(join(dirname(path), 'package.json')).catch(() => undefined);
require(path);
await worker.runHooks('appStart', hookContext);
await worker.programmingModel?.getCapabilities?.({});
process.send?.({ type: 'loaded' });
await asked;
const [ended, used] = [performance.now(), process.cpuUsage(usedBefore)];
// Those of the app's folder: what stands in for the worker has files, too.
const files = Object.keys(require.cache).flatMap((file) => (dirname(file) === dirname(path) ? [basename(file)] : []));

const usedWhenLoaded = process.cpuUsage();
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
for (const hook of ['preInvocation', 'postInvocation'] as const) await worker.runHooks(hook, hookContext);
await pause(idleMs);
delay.disable();
const usedIdle = process.cpuUsage(usedWhenLoaded);
process.send?.({
  type: 'ready',
  files,
  ms: ended - begun,
  cpuMs: (used.user + used.system) / 1000,
  idleCpuMs: (usedIdle.user + usedIdle.system) / 1000,
  blockedMs: idleMs > 0 ? delay.max / 1e6 : 0,
});
process.disconnect?.();
