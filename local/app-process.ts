import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DEFAULT_ADMIN_KEY } from './host/http-trigger.ts';
import { FunctionListing } from './host/listing.ts';
import { type RunningProcess, startProcess } from './processes.ts';

export type AppOptions = {
  /** Entry module of the app. Default: that of the sources. */
  readonly app?: string;
  /** Folder of a built package to run instead of the sources. */
  readonly packageDir?: string;
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug';
  /** Show the app's log on stderr. */
  readonly showLog?: boolean;
};

/** The app on the local host, in a process of its own. */
export type RunningApp = {
  readonly url: string;
  readonly functions: readonly FunctionListing[];
  readonly functionKey: string;
  readonly adminKey: string;
  /** The running host of the app; a new one after `restart`. */
  app(): RunningProcess;
  /** The process of the app's functions, as it was when the host started. */
  workerPid(): number;
  /** Starts a new app process with the same port and settings. Does not stop the old one. */
  restart(): Promise<void>;
};

const Ready = z.object({ url: z.string(), functions: z.array(FunctionListing), workerPid: z.number() });

const HOST = fileURLToPath(new URL('./host/main.ts', import.meta.url));
const SOURCES = {
  app: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
  hostJson: fileURLToPath(new URL('../host.json', import.meta.url)),
};

/** The function key of the local runtime. It protects only what runs on this machine. */
const FUNCTION_KEY = 'local';

/** Starts the app with these settings and no others. @throws Error with what the app said if it does not start. */
export async function startApp(
  port: number,
  settings: Readonly<Record<string, string>>,
  options: AppOptions,
): Promise<RunningApp> {
  const begin = (): Promise<RunningProcess> => beginProcess(port, settings, options);
  let app = await begin();
  const { url, functions } = Ready.parse(app.ready);
  return {
    url,
    functions,
    functionKey: FUNCTION_KEY,
    adminKey: DEFAULT_ADMIN_KEY,
    app: () => app,
    workerPid: () => Ready.parse(app.ready).workerPid,
    restart: async () => {
      app = await begin();
    },
  };
}

function beginProcess(port: number, settings: NodeJS.ProcessEnv, options: AppOptions): Promise<RunningProcess> {
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
