import { readSettings } from '../src/lib/config/settings.ts';
import { storageAccess } from '../src/lib/storage/access.ts';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { QUEUES } from '../src/lib/storage/queue-store.ts';
import { type AppOptions, type RunningApp, startApp } from './app-process.ts';
import { type AzuriteOptions, startAzurite } from './azurite.ts';

/** The app with a real telephone service. */
export type RealService = RunningApp & {
  /** Connection string of the storage on this machine, or undefined: that of the settings. */
  readonly localStorage: string | undefined;
  stop(): Promise<void>;
};

export type RealServiceOptions = AppOptions & { readonly port: number; readonly azurite: AzuriteOptions };

/**
 * Starts the app with the telephone service and the storage of its settings. If these say
 * `UseDevelopmentStorage=true`, starts the storage emulator too.
 */
export async function startRealService(
  given: Readonly<Record<string, string>>,
  { port, azurite, ...options }: RealServiceOptions,
): Promise<RealService> {
  const isLocal = given['AzureWebJobsStorage']?.startsWith('UseDevelopmentStorage=') ?? false;
  const emulator = isLocal ? await startAzurite(azurite) : undefined;
  try {
    const settings = { ...given, ...(emulator && { AzureWebJobsStorage: emulator.connectionString }) };
    const access = storageAccess(readSettings(settings));
    // As infra/ does: the host does not create queues.
    await Promise.all(QUEUES.map((queue) => openQueue(access, queue).createIfNotExists()));
    const app = await startApp(port, settings, options);
    const stop = async (): Promise<void> => {
      await app.app().stop();
      await emulator?.stop();
    };
    return { ...app, localStorage: emulator?.connectionString, stop };
  } catch (error) {
    await emulator?.stop();
    throw error;
  }
}
