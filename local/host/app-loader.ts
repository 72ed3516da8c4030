import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installCoreModule, type Worker } from './core-module.ts';
import type { AppStartContext, HookContext, ProgrammingModel } from './core-types.ts';
import { fromCoreLevel, type Log } from './log.ts';

/** An app that has registered its functions and may be invoked. */
export interface LoadedApp {
  worker: Worker;
  model: ProgrammingModel;
  /** Where the library awaits HTTP requests, if the app asked for HTTP streams (`app.setup({enableHttpStream: true})`). */
  streamUri: string | undefined;
}

let loaded: { entry: string; app: LoadedApp } | undefined;

/**
 * Loads an app's entry module as the Node worker does: serve `@azure/functions-core`, import the entry, ask the library
 * for its capabilities, run the appStart hooks.
 *
 * A process holds one app; loading the same one again gives what the first time gave.
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

/** What hooks of the app (not of an invocation) are given. */
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
  // The library's streaming proxy announces itself as a capability; the worker's own capabilities are of no interest here.
  const capabilities = (await model.getCapabilities?.({})) ?? {};
  return { worker, model, streamUri: capabilities['HttpUri'] };
}
