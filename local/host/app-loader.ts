import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installCoreModule, type Worker } from './core-module.ts';
import type { AppStartContext, HookContext, ProgrammingModel } from './core-types.ts';
import { describeError, fromCoreLevel, type Log } from './log.ts';

/** An app that has registered its functions and can be invoked. */
export type LoadedApp = {
  worker: Worker;
  /** Undefined if the app failed before it loaded the library. It has no functions then. */
  model: ProgrammingModel | undefined;
};

/**
 * Loads an app's entry module as the Node worker does: provides `@azure/functions-core`, imports the entry, asks the
 * library for its capabilities, and runs the appStart hooks. A process can load one app.
 *
 * If loading throws before a function is registered, the app has no functions, and nothing else says so, as in the
 * worker (FunctionsMetadataHandler: it reports the error only if it indexes the functions itself).
 * @throws Error if loading throws later, and if the app turns on HTTP streams.
 */
export async function loadApp(entryPath: string, log: Log): Promise<LoadedApp> {
  const entry = resolve(entryPath);
  const app = await load(entry, log);
  const started: AppStartContext = { ...appHookContext(app.worker), functionAppDirectory: dirname(entry) };
  await app.worker.runHooks('appStart', started);
  return app;
}

/** The context of app-level hooks. */
export function appHookContext(worker: Worker): HookContext {
  return { hookData: worker.appLevelHookData, appHookData: worker.appHookData };
}

async function load(entry: string, log: Log): Promise<LoadedApp> {
  const worker = installCoreModule();
  worker.log = (level, _category, message) => log[fromCoreLevel(level)](message);
  try {
    await import(pathToFileURL(entry).href);
  } catch (error) {
    if (worker.functions.size > 0) throw error;
    log.error(describeError(error));
  }
  worker.locked = true;
  if (worker.functions.size === 0) log.warn(`${entry} registered no functions.`);
  const model = worker.programmingModel;
  // The library reports its streaming proxy as a capability. The worker's own capabilities are not needed.
  const capabilities = (await model?.getCapabilities?.({})) ?? {};
  if (capabilities['HttpUri'] !== undefined) {
    throw new Error('HTTP streams (enableHttpStream) are not supported by the local host.');
  }
  return { worker, model };
}
