import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WorldReport } from './world.ts';

type Worlds = {
  readonly first: number;
  readonly count: number;
  readonly api: string;
  readonly recipients: number | undefined;
};

/** Lives many worlds, a share of them on each core. Reports come in no particular order. */
export async function liveAll(
  { first, count, api, recipients }: Worlds,
  threads: number,
  report: (report: WorldReport) => void,
): Promise<void> {
  const step = Math.min(count, threads);
  const last = first + count - 1;
  await Promise.all(
    Array.from({ length: step }, (_, thread) => {
      const share = { first: first + thread, last, step, api, recipients };
      const worker = new Worker(new URL('./world-worker.ts', import.meta.url), { workerData: share });
      worker.on('message', report);
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
}

export const THREADS = availableParallelism();
