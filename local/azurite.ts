import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startProcess } from './processes.ts';

/** The published account of the storage emulator, the same everywhere and not a secret. */
export const EMULATOR_ACCOUNT = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
} as const;

/** Ports are free ones by default. */
export type AzuriteOptions = {
  queuePort?: number;
  tablePort?: number;
  blobPort?: number;
  /** Start Blob storage too. Default: false. */
  blob?: boolean;
  /** Keep the data in this folder, which is made if it does not exist. Default: in memory. */
  dataDir?: string | undefined;
  /** Serve HTTPS with this certificate (paths of PEM files). Also enables bearer tokens. */
  tls?: { certFile: string; keyFile: string };
};

export type RunningAzurite = {
  connectionString: string;
  /** URL of the account, by service. */
  endpoints: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
};

const ReadyMessage = z.object({ origins: z.record(z.string(), z.url()) });

/** Starts Azurite in a child process. It ends with this process. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<RunningAzurite> {
  const services = {
    queue: options.queuePort ?? 0,
    table: options.tablePort ?? 0,
    ...(options.blob || options.blobPort !== undefined ? { blob: options.blobPort ?? 0 } : {}),
  };
  const child = await startProcess({
    name: 'azurite',
    entry: fileURLToPath(new URL('./azurite-process.ts', import.meta.url)),
    args: [JSON.stringify({ services, dataDir: options.dataDir, tls: options.tls })],
  });
  const { origins } = ReadyMessage.parse(child.ready);
  const endpoints = Object.fromEntries(
    Object.entries(origins).map(([service, origin]) => [service, `${origin}/${EMULATOR_ACCOUNT.name}`]),
  );
  return { connectionString: connectionString(endpoints), endpoints, pid: child.pid, stop: child.stop };
}

function connectionString(endpoints: Record<string, string>): string {
  const { name, key } = EMULATOR_ACCOUNT;
  const parts = ['DefaultEndpointsProtocol=http', `AccountName=${name}`, `AccountKey=${key}`];
  for (const [service, url] of Object.entries(endpoints)) {
    parts.push(`${service.charAt(0).toUpperCase()}${service.slice(1)}Endpoint=${url}`);
  }
  return `${parts.join(';')};`;
}
