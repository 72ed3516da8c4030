import { ConfigurationError } from '../base/errors.ts';
import { readSettings } from '../config/settings.ts';
import { compose } from './compose.ts';
import type { Services } from './services.ts';

export type Started = {
  /** The services, or why there are none. */
  readonly services: Services | ConfigurationError;
  /** Connection string of the Application Insights resource, if telemetry is configured. */
  readonly telemetry?: string | undefined;
};

/**
 * Reads the settings and composes the services. Wrong settings are logged and returned, not thrown: the app still
 * answers its health check.
 * @param log gets one line for each problem.
 */
export function startServices(environment: NodeJS.ProcessEnv, log: (line: string) => void): Started {
  try {
    const settings = readSettings(environment);
    return { services: compose(settings), telemetry: settings.APPLICATIONINSIGHTS_CONNECTION_STRING };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) log(errorLine(problem));
    return { services: error };
  }
}

/**
 * The Functions host reads each line of stderr by itself, and takes it for an error only if it contains a word like
 * `error` and not `warn` (azure-functions-host, WorkerProcess.ParseErrorMessageAndLog).
 */
const errorLine = (problem: string): string => `Ringdown error: it cannot work with its settings: ${problem}`;
