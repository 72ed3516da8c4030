import { shutdownAzureMonitor, useAzureMonitor } from 'applicationinsights';

/**
 * Sends what traces.ts and metrics.ts tell to Application Insights. A file and a bundle of its own, for it is slow to load (about a
 * second): only where it is asked for, and after the functions are registered.
 *
 * What libraries tell by themselves is off: their URLs and messages may hold numbers. The Functions host sends the requests and the
 * log, which we write.
 * @returns sends what is left, and ends it.
 */
export function startAzureMonitor(connectionString: string): () => Promise<void> {
  const off = { enabled: false };
  useAzureMonitor({
    azureMonitorExporterOptions: {
      connectionString,
      // Nothing of ours is written to a disk that others may read.
      disableOfflineStorage: true,
    },
    // Whole traces or none: a call that is looked into must be there from end to end.
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
