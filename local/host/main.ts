import { parseArgs } from 'node:util';
import { type HostOptions, type RunningHost, startHost } from './host.ts';
import { listingText } from './listing.ts';
import { describeError, isLogLevel } from './log.ts';

const USAGE = `Runs an Azure Functions app on this machine.

  node local/host/main.ts --app <entry module> [options]

  --port <n>            default 7071; 0 picks a free port
  --host <address>      default 127.0.0.1
  --host-json <path>    default host.json in the working directory, if it exists
  --function-key <key>  the key for functions, default "local"
  --admin-key <key>     the key for the admin API, default "local-admin"
  --no-keys             accept requests without a key
  --log-level <level>   error, warn, info (default) or debug
  --json                when ready, print one JSON line`;

function readOptions(): { options: HostOptions; json: boolean } {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      port: { type: 'string', default: '7071' },
      host: { type: 'string' },
      'host-json': { type: 'string' },
      'function-key': { type: 'string' },
      'admin-key': { type: 'string' },
      'no-keys': { type: 'boolean', default: false },
      'log-level': { type: 'string', default: 'info' },
      json: { type: 'boolean', default: false },
    },
  });
  const {
    app,
    port,
    host,
    'host-json': hostJson,
    'function-key': functionKey,
    'admin-key': adminKey,
    'log-level': logLevel,
  } = values;
  if (!app) throw new Error(`--app is missing.\n\n${USAGE}`);
  if (!/^\d{1,5}$/.test(port)) throw new Error(`--port must be a number, not "${port}".`);
  if (!isLogLevel(logLevel)) throw new Error(`--log-level must be error, warn, info or debug, not "${logLevel}".`);
  return {
    json: values.json,
    options: {
      app,
      port: Number(port),
      logLevel,
      enforceKeys: !values['no-keys'],
      ...(host ? { host } : {}),
      ...(hostJson ? { hostJson } : {}),
      ...(functionKey ? { functionKey } : {}),
      ...(adminKey ? { adminKey } : {}),
    },
  };
}

async function announce(host: RunningHost, json: boolean): Promise<void> {
  const { url, functions } = host;
  const workerPid = await host.workerPid();
  const lines = json
    ? [JSON.stringify({ ready: true, url, functions })]
    : ['Functions:', '', listingText(functions), '', `Ready at ${url}`];
  // A parent process gets a message instead, and prints what it wants.
  if (process.send) process.send({ type: 'ready', url, functions, workerPid });
  else process.stdout.write(`${lines.join('\n')}\n`);
}

/** Reports an error at startup and exits. Prints the whole stack only at log level debug. */
async function refuse(error: unknown, debug: boolean): Promise<never> {
  const message = error instanceof Error ? error.message : String(error);
  const where = error instanceof Error ? error.stack?.split('\n').find((line) => /^\s+at /.test(line)) : undefined;
  process.stderr.write(`The app could not start: ${message}\n${debug ? describeError(error) : (where ?? '')}\n`);
  // Exit only after the message is sent; otherwise it is lost.
  if (process.send) await new Promise<void>((resolve) => process.send?.({ type: 'failed', message }, () => resolve()));
  process.exit(1);
}

async function main(): Promise<void> {
  let host: RunningHost | undefined;
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Nothing has started yet.
    if (!host) process.exit(0);
    host.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, end);

  let parsed: ReturnType<typeof readOptions> | undefined;
  try {
    parsed = readOptions();
    host = await startHost(parsed.options);
    await announce(host, parsed.json);
    // In Azure the platform starts a host that has ended.
    while (!ending) {
      const reason = await host.ended;
      process.stderr.write(`${reason.message}\n`);
      const { port } = new URL(host.url);
      await host.stop();
      host = await startHost({ ...parsed.options, port: Number(port) });
    }
  } catch (error) {
    return refuse(error, parsed?.options.logLevel === 'debug');
  }
}

await main();
