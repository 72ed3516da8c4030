import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installCoreModule, type Worker } from './core-module.ts';
import type { AppStartContext, HookContext, ProgrammingModel } from './core-types.ts';
import { fromCoreLevel, type Log } from './log.ts';

/** An app that has registered its functions and can be invoked. */
export type LoadedApp = {
  worker: Worker;
  model: ProgrammingModel;
  /** Where the library receives HTTP requests, if the app turned on streams (`app.setup({enableHttpStream: true})`). */
  streamUri: string | undefined;
};

let loaded: { entry: string; app: LoadedApp } | undefined;

/**
 * Loads an app's entry module as the Node worker does: provides `@azure/functions-core`, imports the entry, asks the
 * library for its capabilities, and runs the appStart hooks. A process can load one app; loading it again returns the
 * same object and runs the hooks again.
 * @throws Error for a second app, and if the app registers no functions.
 */
export async function loadApp(entryPath: string, log: Log): Promise<LoadedApp> {
  const entry = resolve(entryPath);
  if (loaded && loaded.entry !== entry) {
    throw new Error(`This process already runs ${loaded.entry}; start another process for ${entry}.`);
  }
  const app = loaded?.app ?? (await load(entry, log));
  loaded = { entry, app };
  app.worker.log = (level, _category, message) => log[fromCoreLevel(level)](message);
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
  await import(pathToFileURL(entry).href);
  worker.locked = true;
  const model = worker.programmingModel;
  if (!model || worker.functions.size === 0) throw new Error(`${entry} registered no functions.`);
  // The library reports its streaming proxy as a capability. The worker's own capabilities are not needed.
  const capabilities = (await model.getCapabilities?.({})) ?? {};
  return { worker, model, streamUri: capabilities['HttpUri'] };
}
