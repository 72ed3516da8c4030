import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { dialectOf } from './dialects.ts';
import { live } from './world.ts';

/** Worlds for one thread: seeds from `first` to `last`, `step` apart. */
export const Share = z.object({
  first: z.number(),
  last: z.number(),
  step: z.number(),
  api: z.string(),
  recipients: z.number().optional(),
});

const { first, last, step, api, recipients } = Share.parse(workerData);
const dialect = dialectOf(api);
for (let seed = first; seed <= last; seed += step) parentPort?.postMessage(await live({ seed, recipients, dialect }));
