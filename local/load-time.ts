/** Loads a module as the Functions worker does, and reports how long it took: wall time and CPU time. */
import { createRequire } from 'node:module';
import { installCoreModule } from './host/core-module.ts';

installCoreModule();
const require = createRequire(import.meta.url);
const [path = ''] = process.argv.slice(2);
const [begun, usedBefore] = [performance.now(), process.cpuUsage()];
require(path);
const [ended, used] = [performance.now(), process.cpuUsage(usedBefore)];
process.send?.({ type: 'ready', ms: ended - begun, cpuMs: (used.user + used.system) / 1000 });
process.disconnect?.();
