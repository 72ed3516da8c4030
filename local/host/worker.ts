/**
 * The worker: a process that loads the app and runs its functions when the host says so, as Azure's Node worker does
 * over gRPC. If the app crashes, this process ends and the host goes on.
 */
import { appHookContext, type LoadedApp, loadApp } from './app-loader.ts';
import type { HostSettings } from './host-json.ts';
import { createLog, describeError, type Log } from './log.ts';
import { runFunction } from './run-function.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

type Loaded = { app: LoadedApp; log: Log; levels: HostSettings['logLevel'] };

let loaded: Loaded | undefined;

function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

/** Ends this process on an uncaught error of the app, as Azure's worker does. */
function crash(error: unknown): never {
  process.stderr.write(`The app crashed: ${describeError(error)}\n`);
  process.exit(1);
}

async function load({ app, logLevel, levels }: Extract<ToWorker, { type: 'load' }>): Promise<void> {
  const log = createLog(logLevel);
  try {
    loaded = { app: await loadApp(app, log), log, levels };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await tell({ type: 'worker-failed', message, detail: describeError(error) });
    process.exit(1);
  }
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  await tell({
    type: 'worker-ready',
    functions: [...loaded.app.worker.functions.values()].map(({ metadata }) => metadata),
  });
}

async function invoke({ request }: Extract<ToWorker, { type: 'invoke' }>): Promise<void> {
  const { invocationId } = request;
  try {
    if (!loaded) throw new Error('The app is not loaded.');
    const response = await runFunction(loaded.app, request, loaded.log, loaded.levels);
    await tell({ type: 'worker-answer', invocationId, response });
  } catch (error) {
    await tell({ type: 'worker-error', invocationId, detail: describeError(error) });
  }
}

async function terminate(): Promise<void> {
  const worker = loaded?.app.worker;
  if (worker) await worker.runHooks('appTerminate', appHookContext(worker));
  process.exit(0);
}

// stdout is for the host's ready line.
for (const method of ['log', 'info', 'debug', 'trace'] as const) console[method] = console.error;
// Ctrl-C reaches this process too; the host decides when it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToWorker) => {
  if (message.type === 'load') void load(message);
  else if (message.type === 'invoke') void invoke(message);
  else if (message.type === 'terminate') terminate().catch(crash);
});
