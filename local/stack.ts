import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/simulator.ts';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { QUEUES } from '../src/lib/storage/queue-store.ts';
import type { Api } from './api-flag.ts';
import { type AppOptions, type RunningApp, startApp } from './app-process.ts';
import { type AzuriteOptions, startAzurite } from './azurite.ts';
import { bundleDashboard } from './dashboard.ts';
import { LOCAL_NUMBER_SECRET } from './number-secret.ts';
import { freePort } from './ports.ts';
import { asResourceAccounts } from './resource-accounts.ts';

/** Default ports, and port 0, are free ones. */
export type StackOptions = AppOptions & {
  /** The API of the app and the simulator. Default: that of 2021. */
  readonly api?: Api;
  readonly appPort?: number;
  readonly azurite?: Pick<AzuriteOptions, 'queuePort' | 'tablePort' | 'dataDir'>;
  readonly simulator?: SimulatorOptions;
  /** App settings that override those of the stack. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** Everything that Ringdown needs, on this machine: storage, a simulated ACS, and the app. */
export type Stack = RunningApp & {
  readonly storage: string;
  readonly simulator: Simulator;
  readonly settings: Readonly<Record<string, string>>;
  /** Stops everything. */
  stop(): Promise<void>;
};

export const SAMPLES = fileURLToPath(new URL('./samples/', import.meta.url));

/** Starts the stack. If one part fails to start, stops the others and throws its error. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    await bundleDashboard();
    const azurite = await startAzurite(options.azurite);
    ending.push(() => azurite.stop());
    // As infra/ does: the host does not create queues.
    await Promise.all(QUEUES.map((queue) => openQueue(azurite, queue).createIfNotExists()));
    const api = options.api ?? '2021-04-15-preview1';
    const listed = options.settings?.['CALLER_NUMBERS'] ?? '+14255550190:2,+14255550191:2';
    const { callerNumbers, resourceAccounts } =
      api === 'tpe' ? asResourceAccounts(listed) : { callerNumbers: listed, resourceAccounts: {} };
    const simulator = await startSimulator({ audioDir: `${SAMPLES}audio`, resourceAccounts, ...options.simulator });
    ending.push(() => simulator.close());
    const port = options.appPort || (await freePort());
    const settings = {
      AzureWebJobsStorage: azurite.connectionString,
      ACS_CONNECTION_STRING: simulator.connectionString,
      ...apiSettings(api, simulator),
      CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
      CALLBACK_SECRET: randomBytes(32).toString('base64'),
      NUMBER_SECRET: LOCAL_NUMBER_SECRET,
      // The people are simulated: they are called as often as one likes.
      NUMBER_DELAY_SECONDS: '0',
      NUMBER_CALLS_A_DAY: '100',
      ...options.settings,
      CALLER_NUMBERS: callerNumbers,
    };
    const app = await startApp(port, settings, options);
    ending.push(() => app.app().stop());
    return { ...app, storage: azurite.connectionString, simulator, settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings that only one of the APIs needs. With today's API, callbacks must have a token of the simulator. */
function apiSettings(api: Api, { resourceId, url }: Simulator): Record<string, string> {
  if (api === '2021-04-15-preview1') {
    return { CALL_AUTOMATION_API: api, ACS_SOURCE_IDENTITY: '8:acs:northern-light_notifications' };
  }
  return {
    CALL_AUTOMATION_API: 'ga',
    ACS_RESOURCE_ID: resourceId,
    ACS_ISSUER: url,
    COGNITIVE_SERVICES_ENDPOINT: 'https://speech.simulator.invalid',
  };
}
