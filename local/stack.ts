import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/simulator.ts';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { QUEUES } from '../src/lib/storage/queue-store.ts';
import { startAzurite } from './azurite.ts';
import { bundleDashboard } from './dashboard.ts';
import { DEFAULT_ADMIN_KEY } from './host/http-trigger.ts';
import { FunctionListing } from './host/listing.ts';
import { LOCAL_NUMBER_SECRET } from './number-secret.ts';
import { freePort } from './ports.ts';
import { type RunningProcess, startProcess } from './processes.ts';

/** The supported API versions. */
export const APIS = ['2021-04-15-preview1', 'ga'] as const;
export type Api = (typeof APIS)[number];

/** Default ports, and port 0, are free ones. */
export type StackOptions = {
  /** The API of the app and the simulator. Default: that of 2021. */
  readonly api?: Api;
  readonly appPort?: number;
  readonly azuritePorts?: { readonly queuePort?: number; readonly tablePort?: number };
  readonly simulator?: SimulatorOptions;
  /** App settings that override those of the stack. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Entry module of the app. Default: that of the sources. */
  readonly app?: string;
  /** Folder of a built package to run instead of the sources. */
  readonly packageDir?: string;
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug';
  /** Show the app's log on stderr. */
  readonly showLog?: boolean;
};

/** Everything that Ringdown needs, on this machine: storage, a simulated ACS, and the app. */
export type Stack = {
  readonly url: string;
  readonly functions: readonly FunctionListing[];
  readonly functionKey: string;
  readonly adminKey: string;
  readonly storage: string;
  readonly simulator: Simulator;
  readonly settings: Readonly<Record<string, string>>;
  /** The running host of the app; a new one after `restart`. */
  app(): RunningProcess;
  /** The process of the app's functions, as it was when the host started. */
  workerPid(): number;
  /** Starts a new app process with the same port, storage and simulator. Does not stop the old one. */
  restart(): Promise<void>;
  /** Stops everything. */
  stop(): Promise<void>;
};

const Ready = z.object({ url: z.string(), functions: z.array(FunctionListing), workerPid: z.number() });

export const SAMPLES = fileURLToPath(new URL('./samples/', import.meta.url));
const HOST = fileURLToPath(new URL('./host/main.ts', import.meta.url));
const SOURCES = {
  app: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
  hostJson: fileURLToPath(new URL('../host.json', import.meta.url)),
};

/** The function key of the local runtime. It protects only the demo on this machine. */
const FUNCTION_KEY = 'local';

/** Starts the stack. If one part fails to start, stops the others and throws its error. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    await bundleDashboard();
    const azurite = await startAzurite(options.azuritePorts);
    ending.push(() => azurite.stop());
    // As infra/ does: the host does not create queues.
    await Promise.all(QUEUES.map((queue) => openQueue(azurite, queue).createIfNotExists()));
    const simulator = await startSimulator({ audioDir: `${SAMPLES}audio`, ...options.simulator });
    ending.push(() => simulator.close());
    const port = options.appPort || (await freePort());
    const settings = {
      AzureWebJobsStorage: azurite.connectionString,
      ACS_CONNECTION_STRING: simulator.connectionString,
      ...apiSettings(options.api ?? '2021-04-15-preview1', simulator),
      CALLER_NUMBERS: '+14255550190:2,+14255550191:2',
      CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
      CALLBACK_SECRET: randomBytes(32).toString('base64'),
      NUMBER_SECRET: LOCAL_NUMBER_SECRET,
      ...options.settings,
    };
    let app = await startApp(port, settings, options);
    ending.push(() => app.stop());
    const { url, functions } = Ready.parse(app.ready);
    return {
      url,
      functions,
      workerPid: () => Ready.parse(app.ready).workerPid,
      functionKey: FUNCTION_KEY,
      adminKey: DEFAULT_ADMIN_KEY,
      storage: azurite.connectionString,
      simulator,
      settings,
      app: () => app,
      restart: async () => {
        app = await startApp(port, settings, options);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings that only one of the APIs needs. With today's API, callbacks must have a token of the simulator. */
function apiSettings(api: Api, { resourceId, url }: Simulator): Record<string, string> {
  if (api !== 'ga') return { CALL_AUTOMATION_API: api, ACS_SOURCE_IDENTITY: '8:acs:northern-light_notifications' };
  return {
    CALL_AUTOMATION_API: api,
    ACS_RESOURCE_ID: resourceId,
    ACS_ISSUER: url,
    COGNITIVE_SERVICES_ENDPOINT: 'https://speech.simulator.invalid',
  };
}

function startApp(port: number, settings: NodeJS.ProcessEnv, options: StackOptions): Promise<RunningProcess> {
  const { packageDir } = options;
  const { app, hostJson } = packageDir
    ? { app: join(packageDir, 'app.cjs'), hostJson: join(packageDir, 'host.json') }
    : { ...SOURCES, ...(options.app !== undefined && { app: options.app }) };
  const args = ['--app', app, '--port', String(port), '--host-json', hostJson, '--function-key', FUNCTION_KEY];
  return startProcess({
    name: 'the app',
    entry: HOST,
    args: [...args, '--log-level', options.logLevel ?? 'error'],
    env: { PATH: process.env['PATH'], ...settings },
    showOutput: options.showLog ?? false,
  });
}
