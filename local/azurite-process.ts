/**
 * Runs Azurite's servers on loopback, with the data in memory or in a folder. Started by {@link ./azurite.ts}. Uses Azurite's server
 * classes, because its commands start either one or all three services, and write to stdout.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

type AzuriteServer = {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
};

const require = createRequire(import.meta.url);
const LOOPBACK = '127.0.0.1';

const Wanted = z.strictObject({
  services: z.strictObject({
    queue: z.int().optional(),
    table: z.int().optional(),
    blob: z.int().optional(),
  }),
  dataDir: z.string().optional(),
  tls: z.strictObject({ certFile: z.string(), keyFile: z.string() }).optional(),
});

type FindOne = (this: unknown, wanted: object) => unknown;
/** The part of Azurite's row database that this process patches. */
const Rows = z.custom<{ Collection: { prototype: { findOne: FindOne } } }>(
  (given) =>
    isClass(given) &&
    'Collection' in given &&
    isClass(given.Collection) &&
    typeof given.Collection.prototype.findOne === 'function',
);

const wanted = Wanted.parse(JSON.parse(process.argv[2] ?? '{}'));

/**
 * Like --silent, --skipApiVersionCheck and, without a folder, --inMemoryPersistence. Telemetry is off: only Azurite's commands start it.
 */
const SETTINGS = {
  enableAccessLog: false,
  enableDebugLog: false,
  isMemoryPersistence: wanted.dataDir === undefined,
  skipApiVersionCheck: true,
  // Seconds. The default of 5 can reset a connection just before a client reuses it.
  keepAliveTimeout: 3_600,
  // `--oauth basic` checks the issuer, audience and expiry of tokens, but not the signature. It needs HTTPS.
  ...(wanted.tls && { cert: wanted.tls.certFile, key: wanted.tls.keyFile, oauth: 'basic' }),
};

/** Loads a class of Azurite. It publishes no types for these modules, so check what we use. */
function loadClass(path: string): new (...args: unknown[]) => object {
  const loaded: unknown = require(`azurite/dist/src/${path}.js`);
  const found = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (!isClass(found)) throw new Error(`This version of azurite has no class ${path}.`);
  return found;
}

function isClass(value: unknown): value is new (...args: unknown[]) => object {
  return typeof value === 'function';
}

function isServer(value: object): value is AzuriteServer {
  return ['start', 'close', 'getHttpServerAddress'].every((method) => method in value);
}

function createServer(service: 'queue' | 'table' | 'blob', port: number): AzuriteServer {
  const name = `${service.charAt(0).toUpperCase()}${service.slice(1)}`;
  const Configuration = loadClass(`${service}/${name}Configuration`);
  const Server = loadClass(`${service}/${name}Server`);
  // The constructors take a dozen more arguments, in different orders. Setting the properties works for all of them.
  const settings = { ...SETTINGS, ...(wanted.dataDir !== undefined && filesOf(service, wanted.dataDir)) };
  const server = new Server(Object.assign(new Configuration(LOOPBACK, port), settings));
  if (!isServer(server)) throw new Error(`This version of azurite has no ${service} server that can be used here.`);
  return server;
}

/** Where a service keeps its rows, and the texts of its messages or its blobs. */
function filesOf(service: string, folder: string): object {
  return {
    metadataDBPath: join(folder, `${service}.json`),
    extentDBPath: join(folder, `${service}-extents.json`),
    persistencePathArray: [{ locationId: 'Default', locationPath: join(folder, service), maxConcurrency: 1 }],
  };
}

/**
 * Azurite finds the partition by index and then scans it for the row key, so each write to a long list is slow. With
 * the row key first it uses the index of row keys instead.
 */
function findRowsByKeyFirst(): void {
  const { prototype } = Rows.parse(createRequire(require.resolve('azurite/package.json'))('lokijs')).Collection;
  const { findOne } = prototype;
  prototype.findOne = function (wanted) {
    return findOne.call(this, { ...('RowKey' in wanted && { RowKey: wanted.RowKey }), ...wanted });
  };
}

const servers: AzuriteServer[] = [];
let isEnding = false;

/** What is in memory is written to the folder when a server closes. Without a folder there is nothing to wait for. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  if (wanted.dataDir !== undefined) await Promise.all(servers.map((server) => server.close()));
  process.exit(0);
}

process.on('disconnect', end);
process.on('SIGTERM', end);
// Ctrl+C reaches the whole process group, but the parent stops storage last.
process.on('SIGINT', () => undefined);

findRowsByKeyFirst();
if (wanted.dataDir !== undefined) mkdirSync(wanted.dataDir, { recursive: true });
const origins: Record<string, string> = {};
for (const service of ['blob', 'queue', 'table'] as const) {
  const port = wanted.services[service];
  if (port === undefined) continue;
  const server = createServer(service, port);
  await server.start();
  servers.push(server);
  origins[service] = `${wanted.tls ? 'https' : 'http'}://${LOOPBACK}:${new URL(server.getHttpServerAddress()).port}`;
}
process.send?.({ type: 'ready', origins });
