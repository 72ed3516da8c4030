import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminApi } from './admin.ts';
import { type BoundFunction, type HttpFunction, readBindings } from './bindings.ts';
import { type HostSettings, parseHostJson, readHostJson } from './host-json.ts';
import { DEFAULT_ADMIN_KEY, DEFAULT_FUNCTION_KEY, HttpTrigger, type Keys, routePath } from './http-trigger.ts';
import { Invoker } from './invocation.ts';
import type { FunctionListing } from './listing.ts';
import { createLog, describeError, type Log, type LogLevel } from './log.ts';
import { type MessageLease, QueueTrigger } from './queue-trigger.ts';
import { isDisabled, type Settings } from './settings.ts';
import { queueService } from './storage.ts';
import { TimerTrigger } from './timer-trigger.ts';
import type { Trigger } from './trigger.ts';
import { WorkerProcess } from './worker-process.ts';

export type HostOptions = {
  /** The app's entry module: `.ts`, `.mjs`, `.cjs` or `.js`. */
  app: string;
  /** 0, the default, picks a free port. */
  port?: number;
  /** Address to listen on. Default: loopback. */
  host?: string;
  /** Path or content of a host.json. Default: `host.json` in the working directory, or the platform's defaults. */
  hostJson?: string | Record<string, unknown>;
  /** App settings for the host. Default: `process.env`, which the app itself always reads. */
  settings?: Settings;
  /** Key for the functions. */
  functionKey?: string;
  /** Key for the admin API. */
  adminKey?: string;
  /** If false, requests need no key, as with Core Tools. Default: true. */
  enforceKeys?: boolean;
  logLevel?: LogLevel;
  /** How long {@link RunningHost.stop} waits for running functions, ms. */
  stopGraceMs?: number;
  /** For tests: how long queue messages stay invisible, and how often that is renewed. */
  messageLease?: MessageLease;
};

/** Bytes: more are 431 (Kestrel, MaxRequestHeadersTotalSize). */
const MAX_HEADERS = 32 * 1024;

export type RunningHost = {
  url: string;
  functions: readonly FunctionListing[];
  /** The process of the app, at this moment. */
  workerPid(): Promise<number>;
  /** Resolves, with the reason, when the worker has crashed too often. The host must be started again then. */
  ended: Promise<Error>;
  /** Accepts no new work, waits for running functions, and closes everything. */
  stop(): Promise<void>;
};

/**
 * Loads an Azure Functions app and runs its triggers (HTTP, storage queues, timers) and the admin API.
 * @throws Error if the app, its bindings or host.json are not valid, or the port is in use.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const settings = options.settings ?? process.env;
  const { logLevel = 'info' } = options;
  const log = createLog(logLevel);
  const keys = {
    key: options.functionKey ?? DEFAULT_FUNCTION_KEY,
    adminKey: options.adminKey ?? DEFAULT_ADMIN_KEY,
    enforced: options.enforceKeys ?? true,
  };
  const hostSettings =
    typeof options.hostJson === 'object' ? parseHostJson(options.hostJson) : readHostJson(options.hostJson);

  const load = { app: options.app, logLevel, levels: hostSettings.logLevel };
  const worker = await WorkerProcess.start(load, log);
  try {
    return await serve(worker, options, { log, keys, settings, hostSettings });
  } catch (error) {
    await worker.stop(0);
    throw error;
  }
}

type Common = { log: Log; keys: Keys; settings: Settings; hostSettings: HostSettings };

async function serve(worker: WorkerProcess, options: HostOptions, common: Common): Promise<RunningHost> {
  const { log, keys, settings, hostSettings } = common;
  const invoker = new Invoker(worker, log, hostSettings.functionTimeoutMs);
  const functions = (await worker.functions()).map((metadata) => readBindings(metadata, settings));
  const enabled = functions.filter((bound) => !isDisabled(bound.name, settings));
  const shared = { ...common, invoker };
  const http = new HttpTrigger({
    ...shared,
    functions: enabled.filter((bound) => bound.type === 'httpTrigger'),
    routePrefix: hostSettings.routePrefix,
  });
  const triggers = new Map(
    functions.map((bound) => [bound, createTrigger(bound, { ...shared, lease: options.messageLease })]),
  );

  // Longer than clients keep idle connections; otherwise the server may close one just as a client uses it again.
  const server = createServer({ keepAliveTimeout: 120_000, maxHeaderSize: MAX_HEADERS });
  const url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const entries = functions.map((bound) => ({
    listing: list(bound, url, shared),
    runByHand: (input: string) => triggers.get(bound)?.runByHand(input) ?? Promise.resolve(),
  }));
  const admin = new AdminApi(entries, keys);
  const answering = new Set<Promise<unknown>>();
  server.on('request', (request, response) => {
    // The headers of the Functions host's server, which sends neither Connection nor Keep-Alive.
    response.setHeader('server', 'Kestrel');
    response.removeHeader('connection');
    const answered = Promise.all([once(response, 'close'), answer(request, response, [admin, http], log)]);
    answering.add(answered);
    const done = () => answering.delete(answered);
    answered.then(done, done);
  });
  const active = enabled.flatMap((bound) => triggers.get(bound) ?? []);
  await Promise.all(active.map((trigger) => trigger.start()));

  let stopped: Promise<void> | undefined;
  const graceMs = options.stopGraceMs ?? 5_000;
  return {
    url,
    functions: entries.map((entry) => entry.listing),
    workerPid: () => worker.pid(),
    ended: worker.ended,
    stop: () => {
      stopped ??= stopHost({ server, answering, active, invoker, worker, log, graceMs });
      return stopped;
    },
  };
}

type Shared = Common & { invoker: Invoker };

function createTrigger(bound: BoundFunction, shared: Shared & { lease: MessageLease | undefined }): Trigger {
  const { invoker, log, settings, lease } = shared;
  switch (bound.type) {
    case 'httpTrigger':
      return manualHttp(bound, shared);
    case 'timerTrigger':
      return new TimerTrigger({ bound, invoker });
    case 'queueTrigger': {
      return new QueueTrigger({
        bound,
        service: queueService(bound.connection, settings),
        settings: shared.hostSettings.queues,
        invoker,
        log,
        lease,
      });
    }
  }
}

/** Lets the admin API run an HTTP function. Requests reach it through the server instead. */
function manualHttp(bound: HttpFunction, { invoker, hostSettings }: Shared): Trigger {
  return {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    runByHand: (input) =>
      invoker.invoke(bound, {
        data: {
          http: {
            method: 'POST',
            url: `http://localhost${routePath(bound, hostSettings.routePrefix)}`,
            nullableHeaders: { 'content-type': { value: 'application/json' } },
            ...(input === '' ? {} : { body: { string: input } }),
          },
        },
      }),
  };
}

function list(bound: BoundFunction, url: string, { settings, hostSettings }: Shared): FunctionListing {
  const common = { name: bound.name, ...(isDisabled(bound.name, settings) ? { disabled: true as const } : {}) };
  switch (bound.type) {
    case 'httpTrigger': {
      const { methods, authLevel } = bound;
      return {
        ...common,
        trigger: 'http',
        methods,
        url: `${url}${routePath(bound, hostSettings.routePrefix)}`,
        authLevel,
      };
    }
    case 'queueTrigger':
      return { ...common, trigger: 'queue', queue: bound.queueName };
    case 'timerTrigger':
      return { ...common, trigger: 'timer', schedule: bound.schedule };
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: readonly { serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> }[],
  log: Log,
): Promise<void> {
  try {
    for (const handler of handlers) if (await handler.serve(request, response)) return;
    response.writeHead(404, { 'content-length': 0 }).end();
  } catch (error) {
    log.error(`${request.method} ${request.url?.split('?', 1)[0]}: ${describeError(error)}`);
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { 'content-length': 0 }).end();
  }
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

async function stopHost(parts: {
  server: Server;
  answering: ReadonlySet<Promise<unknown>>;
  active: readonly Trigger[];
  invoker: Invoker;
  worker: WorkerProcess;
  log: Log;
  graceMs: number;
}): Promise<void> {
  const { server, answering, active, invoker, worker, log, graceMs } = parts;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Idle functions are not enough: queue messages must be deleted and answers sent.
  const finished = Promise.allSettled([...active.map((trigger) => trigger.stop()), ...answering, invoker.idle()]);
  const inTime = await Promise.race([finished.then(() => true), sleep(graceMs, false, { ref: false })]);
  if (!inTime) log.warn(`stopped while ${invoker.running} functions were still running`);
  await worker.stop(graceMs);
  server.closeAllConnections();
  await closed;
}
