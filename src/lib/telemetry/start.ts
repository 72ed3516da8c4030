import { app } from '@azure/functions';

/**
 * Starts the export of traces and metrics once the functions are registered. Does not wait for it: it takes about a
 * second, and a call may be waiting for its first audio. Flushes the rest when the process ends.
 */
export function startTelemetry(connectionString: string): void {
  const started = new Promise<(() => Promise<void>) | undefined>((resolve) => {
    setImmediate(async () => {
      try {
        const { startAzureMonitor } = await import('./azure-monitor.ts');
        resolve(startAzureMonitor(connectionString));
      } catch (error) {
        console.error('Telemetry did not start; the app continues without it:', error);
        resolve(undefined);
      }
    });
  });
  app.hook.appTerminate(async () => (await started)?.());
}
