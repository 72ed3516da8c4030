import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startProcess } from './processes.ts';

/** Microsoft's published account of the storage emulator. It is the same everywhere and not a secret. */
export const emulatorAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const;

/** The services to start and their ports; by default free ones. */
export interface AzuriteOptions {
  queuePort?: number;
  tablePort?: number;
  blobPort?: number;
  /** Blob storage is started only when asked for. */
  blob?: boolean;
  /** Serve HTTPS with this certificate (PEM files), which also enables bearer tokens. */
  tls?: { certFile: string; keyFile: string };
}

/** Azurite in a process of its own. */
export interface RunningAzurite {
  connectionString: string;
  /** Where each service's account is. */
  endpoints: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
}

const readyMessage = z.object({ origins: z.record(z.string(), z.url()) });

/** Starts Azurite with everything in memory: queues and tables, and blobs if asked for. It ends with this process. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<RunningAzurite> {
  const services = {
    queue: options.queuePort ?? 0,
    table: options.tablePort ?? 0,
    ...(options.blob || options.blobPort !== undefined ? { blob: options.blobPort ?? 0 } : {}),
  };
  const child = await startProcess({
    name: 'azurite',
    entry: fileURLToPath(new URL('./azurite-process.ts', import.meta.url)),
    args: [JSON.stringify({ services, tls: options.tls })],
  });
  const { origins } = readyMessage.parse(child.ready);
  const endpoints = Object.fromEntries(
    Object.entries(origins).map(([service, origin]) => [service, `${origin}/${emulatorAccount.name}`]),
  );
  return { connectionString: connectionString(endpoints), endpoints, pid: child.pid, stop: child.stop };
}

function connectionString(endpoints: Record<string, string>): string {
  const { name, key } = emulatorAccount;
  const parts = ['DefaultEndpointsProtocol=http', `AccountName=${name}`, `AccountKey=${key}`];
  for (const [service, url] of Object.entries(endpoints)) {
    parts.push(`${service.charAt(0).toUpperCase()}${service.slice(1)}Endpoint=${url}`);
  }
  return `${parts.join(';')};`;
}
