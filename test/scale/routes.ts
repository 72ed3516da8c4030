import type { Stack } from '../../local/stack.ts';
import { ask, OUTAGE } from './outage.ts';
import { median } from './ticks.ts';

const TIMES = 10;

const ROUTES: Readonly<Record<string, string>> = {
  'the outage and its counts': `outages/${OUTAGE}`,
  '100 recipients': `outages/${OUTAGE}/recipients`,
  '1,000 recipients': `outages/${OUTAGE}/recipients?limit=1000`,
  'recipients of one outcome': `outages/${OUTAGE}/recipients?outcome=acknowledged`,
  calls: `outages/${OUTAGE}/calls`,
  'calls by the minute': `outages/${OUTAGE}/activity`,
};

export type RouteTimes = { readonly what: string; readonly medianMs: number; readonly slowestMs: number };

/** Measures the routes that people use to follow an outage, one after the other. */
export async function measureRoutes(stack: Stack): Promise<RouteTimes[]> {
  const all: RouteTimes[] = [];
  for (const [what, path] of Object.entries(ROUTES)) {
    const times: number[] = [];
    for (let time = 0; time < TIMES; time++) {
      const begun = performance.now();
      await (await ask(stack, path)).arrayBuffer();
      times.push(performance.now() - begun);
    }
    all.push({ what, medianMs: median(times), slowestMs: Math.round(Math.max(...times)) });
  }
  return all;
}

/** Reads the whole report. @returns the number of rows, and when the first chunk arrived, ms. */
export async function readReport(stack: Stack): Promise<{ rows: number; bytes: number; firstMs: number }> {
  const begun = performance.now();
  const { body } = await ask(stack, `outages/${OUTAGE}/report.csv`);
  let [lines, bytes, firstMs] = [0, 0, 0];
  for await (const chunk of body ?? []) {
    firstMs ||= Math.round(performance.now() - begun);
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines++;
  }
  return { rows: lines - 1, bytes, firstMs };
}
