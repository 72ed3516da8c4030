import { app } from '@azure/functions';

/**
 * Has traces and metrics sent, once the functions are registered. Not awaited: it takes about a second, and a call may be
 * waiting for its first audio. What has not been sent when the process ends is sent then.
 */
export function startTelemetry(connectionString: string): void {
  const started = new Promise<(() => Promise<void>) | undefined>((resolve) => {
    setImmediate(async () => {
      try {
        const { startAzureMonitor } = await import('./azure-monitor.ts');
        resolve(startAzureMonitor(connectionString));
      } catch (error) {
        console.error('Telemetry could not be started; the app runs without:', error);
        resolve(undefined);
      }
    });
  });
  app.hook.appTerminate(async () => (await started)?.());
}
