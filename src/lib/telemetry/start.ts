import { app } from '@azure/functions';
import { reported } from '../base/reported.ts';
import type { TelemetryTarget } from './azure-monitor.ts';
import { holdMetrics, releaseMetrics } from './metrics.ts';

/** How long after the end of the first invocation loading may begin, ms, and how long the app must be idle before. */
const AFTER_FIRST_MS = 3_000;
const IDLE_MS = 200;

/** A busy app does not wait for idle time longer than this, ms. */
const AT_LATEST_MS = 20_000;

/**
 * Starts the export of traces and metrics when it is in nobody's way: loading it blocks the process for half a second
 * (docs/costs.md), and the first invocation may play the first audio of a call. Metrics are held until then; there are
 * no traces of that time. Flushes the rest when the process ends.
 */
export function startTelemetry(target: TelemetryTarget): void {
  holdMetrics();
  const idle = new IdleTime();
  app.hook.preInvocation(() => idle.begin());
  app.hook.postInvocation(() => idle.end());
  const started = idle.reached().then(() => load(target));
  app.hook.appTerminate(async () => {
    if (idle.isReached) await (await started)?.();
  });
}

/** @returns a function that flushes and stops the export; undefined if it could not be started. */
async function load(target: TelemetryTarget): Promise<(() => Promise<void>) | undefined> {
  try {
    const { startAzureMonitor } = await import('./azure-monitor.ts');
    return startAzureMonitor(target);
  } catch (error) {
    console.error('Telemetry did not start: error; the app continues without it:', reported(error));
    return undefined;
  } finally {
    releaseMetrics();
  }
}

/** Knows when the app has answered once and has had nothing to do for a moment. */
export class IdleTime {
  isReached = false;
  #running = 0;
  #firstEnd: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #reached = Promise.withResolvers<void>();

  reached(): Promise<void> {
    return this.#reached.promise;
  }

  begin(): void {
    this.#running++;
  }

  end(): void {
    this.#running--;
    this.#firstEnd ??= performance.now();
    this.#look();
  }

  /** Looks again when enough time may have passed. Does not keep the process alive. */
  #look(): void {
    if (this.isReached) return;
    clearTimeout(this.#timer);
    const since = performance.now() - (this.#firstEnd ?? 0);
    const wait = since < AFTER_FIRST_MS ? AFTER_FIRST_MS - since : Math.min(IDLE_MS, Math.max(AT_LATEST_MS - since, 0));
    this.#timer = setTimeout(() => this.#decide(), wait);
    this.#timer.unref();
  }

  #decide(): void {
    const since = performance.now() - (this.#firstEnd ?? 0);
    this.isReached = this.#running === 0 || since >= AT_LATEST_MS;
    if (this.isReached) this.#reached.resolve();
    else this.#look();
  }
}
