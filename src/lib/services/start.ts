import { ConfigurationError } from '../base/errors.ts';
import { credentialOf } from '../config/azure-identity.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import type { TelemetryTarget } from '../telemetry/azure-monitor.ts';
import { compose } from './compose.ts';
import type { Services } from './services.ts';

export type Started = {
  /** The services, or why there are none. */
  readonly services: Services | ConfigurationError;
  /** Where to send telemetry, if it is configured. */
  readonly telemetry?: TelemetryTarget | undefined;
};

/**
 * Reads the settings and composes the services. Wrong settings are logged and returned, not thrown: the app still
 * answers its health check.
 * @param log gets one line for each problem, and one if some callers are ACS numbers.
 * @param wake see Services.
 */
export function startServices(
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
  wake?: Services['wake'],
): Started {
  try {
    const settings = readSettings(environment);
    if (hasAcsNumber(settings)) log(ACS_NUMBERS_END);
    return { services: compose(settings, wake), telemetry: telemetryTarget(settings) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) log(errorLine(problem));
    return { services: error };
  }
}

function telemetryTarget(settings: Settings): TelemetryTarget | undefined {
  const connectionString = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const identity = settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  if (connectionString === undefined) return undefined;
  return identity === undefined
    ? { connectionString }
    : { connectionString, credential: credentialOf({ ...identity, isManaged: true }) };
}

const hasAcsNumber = ({ CALL_AUTOMATION_API, CALLER_NUMBERS }: Settings): boolean =>
  CALL_AUTOMATION_API === 'ga' && CALLER_NUMBERS.some(({ account }) => account === undefined);

/** The date: docs/teams-phone.md. */
const ACS_NUMBERS_END =
  'Ringdown warning: CALLER_NUMBERS has ACS numbers, which end on 30 September 2028; Teams Phone replaces them (docs/teams-phone.md)';

/**
 * The Functions host reads each line of stderr by itself, and takes it for an error only if it contains a word like
 * `error` and not `warn` (azure-functions-host, WorkerProcess.ParseErrorMessageAndLog).
 */
const errorLine = (problem: string): string => `Ringdown error: it cannot work with its settings: ${problem}`;
