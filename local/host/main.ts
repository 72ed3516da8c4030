import { parseArgs } from 'node:util';
import { type HostOptions, type RunningHost, startHost } from './host.ts';
import { listingText } from './listing.ts';
import { describeError, isLogLevel } from './log.ts';

const usage = `Serves an Azure Functions app on this machine.

  node local/host/main.ts --app <entry module> [options]

  --port <n>            default 7071, 0 for a free one
  --host <address>      default 127.0.0.1
  --host-json <path>    default host.json of the working directory, if there is one
  --function-key <key>  the key for functions and the admin API, default "local"
  --no-keys             let requests without a key in
  --log-level <level>   error, warn, info (default) or debug
  --json                print one JSON line when ready`;

function readOptions(): { options: HostOptions; json: boolean } {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      port: { type: 'string', default: '7071' },
      host: { type: 'string' },
      'host-json': { type: 'string' },
      'function-key': { type: 'string' },
      'no-keys': { type: 'boolean', default: false },
      'log-level': { type: 'string', default: 'info' },
      json: { type: 'boolean', default: false },
    },
  });
  const { app, port, host, 'host-json': hostJson, 'function-key': functionKey, 'log-level': logLevel } = values;
  if (!app) throw new Error(`--app is missing.\n\n${usage}`);
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
    },
  };
}

function announce({ url, functions }: RunningHost, json: boolean): void {
  const lines = json
    ? [JSON.stringify({ ready: true, url, functions })]
    : ['Functions:', '', listingText(functions), '', `Ready at ${url}`];
  // A parent is told by message, and says what it likes itself.
  if (process.send) process.send({ type: 'ready', url, functions });
  else process.stdout.write(`${lines.join('\n')}\n`);
}

/** What an app prints with `console` goes to the log: stdout is for the ready line. */
function divertConsole(): void {
  for (const method of ['log', 'info', 'debug', 'trace'] as const) console[method] = console.error;
}

/** The worker dies with an app that lets an error escape, and so does this process. */
function crash(error: unknown): never {
  process.stderr.write(`The app crashed: ${describeError(error)}\n`);
  process.exit(1);
}

/** A configuration error is for the reader; the whole stack only for who asks. */
async function refuse(error: unknown, debug: boolean): Promise<never> {
  const message = error instanceof Error ? error.message : String(error);
  const where = error instanceof Error ? error.stack?.split('\n').find((line) => /^\s+at /.test(line)) : undefined;
  process.stderr.write(`The app could not start: ${message}\n${debug ? describeError(error) : (where ?? '')}\n`);
  // A message to the parent leaves only if the process lives until it has.
  if (process.send) await new Promise<void>((resolve) => process.send?.({ type: 'failed', message }, () => resolve()));
  process.exit(1);
}

async function main(): Promise<void> {
  divertConsole();
  let host: RunningHost | undefined;
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    // Not started yet: there is nothing to finish.
    if (!host) process.exit(0);
    host.stop().then(() => process.exit(0), crash);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, end);

  let parsed: ReturnType<typeof readOptions> | undefined;
  try {
    parsed = readOptions();
    host = await startHost(parsed.options);
  } catch (error) {
    return refuse(error, parsed?.options.logLevel === 'debug');
  }
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  announce(host, parsed.json);
}

await main();
