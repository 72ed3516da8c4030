import type { TokenCredential } from '@azure/identity';
import { shutdownAzureMonitor, useAzureMonitor } from 'applicationinsights';

/** The Application Insights resource that gets the telemetry, and the identity to send it with. Default: the key in the string. */
export type TelemetryTarget = { readonly connectionString: string; readonly credential?: TokenCredential };

/**
 * Sends the traces and metrics to Application Insights. It takes about a second to load, so it has its own file and
 * bundle, and is loaded only if configured, after the functions are registered.
 *
 * Automatic instrumentation is off: URLs and messages of libraries may contain phone numbers. The Functions host sends
 * its requests and our log.
 * @returns a function that flushes and stops the export.
 */
export function startAzureMonitor(target: TelemetryTarget): () => Promise<void> {
  const off = { enabled: false };
  useAzureMonitor({
    azureMonitorExporterOptions: {
      ...target,
      // Do not write telemetry to a disk that others may read.
      disableOfflineStorage: true,
    },
    // No sampling: every call must have its full trace.
    samplingRatio: 1,
    tracesPerSecond: 0,
    enableLiveMetrics: false,
    enableStandardMetrics: false,
    enablePerformanceCounters: false,
    enableAutoCollectExceptions: false,
    enableAutoCollectPerformance: false,
    instrumentationOptions: {
      azureSdk: off,
      http: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
      console: off,
    },
  });
  return shutdownAzureMonitor;
}
