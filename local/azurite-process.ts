/**
 * The process that {@link ./azurite.ts} starts: Azurite's servers, in memory, at loopback, without its command line.
 *
 * Azurite's commands start all three services or one each and write to disk and to stdout; its server classes do neither.
 */
import { createRequire } from 'node:module';
import { z } from 'zod';

interface AzuriteServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}

const require = createRequire(import.meta.url);
const loopback = '127.0.0.1';

const Wanted = z.strictObject({
  services: z.strictObject({
    queue: z.int().optional(),
    table: z.int().optional(),
    blob: z.int().optional(),
  }),
  tls: z.strictObject({ certFile: z.string(), keyFile: z.string() }).optional(),
});

type FindOne = (this: unknown, wanted: object) => unknown;
/** The part of Azurite's row database that is used here. */
const Rows = z.custom<{ Collection: { prototype: { findOne: FindOne } } }>(
  (given) =>
    isClass(given) &&
    'Collection' in given &&
    isClass(given.Collection) &&
    typeof given.Collection.prototype.findOne === 'function',
);

const wanted = Wanted.parse(JSON.parse(process.argv[2] ?? '{}'));

/** Equivalent to --silent, --inMemoryPersistence and --skipApiVersionCheck. Only Azurite's commands start telemetry. */
const settings = {
  enableAccessLog: false,
  enableDebugLog: false,
  isMemoryPersistence: true,
  skipApiVersionCheck: true,
  // Seconds. The default of 5 can reset a connection just before a client reuses it.
  keepAliveTimeout: 3_600,
  // `--oauth basic`: tokens are read (by whom, for what, until when), their signature is not checked. It needs HTTPS.
  ...(wanted.tls && { cert: wanted.tls.certFile, key: wanted.tls.keyFile, oauth: 'basic' }),
};

/** Azurite publishes no types for these modules; what is used of them is checked here. */
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
  // Beyond host and port the constructors differ in the order of a dozen arguments; the properties do not.
  const server = new Server(Object.assign(new Configuration(loopback, port), settings));
  if (!isServer(server)) throw new Error(`This version of azurite has no ${service} server as known.`);
  return server;
}

/**
 * Azurite finds a row by its partition first and then scans the partition for the key, so each write to a long list is slow.
 * The other way round, by the index of row keys, it finds the row at once.
 */
function findRowsByKeyFirst(): void {
  const { prototype } = Rows.parse(createRequire(require.resolve('azurite/package.json'))('lokijs')).Collection;
  const { findOne } = prototype;
  prototype.findOne = function (wanted) {
    return findOne.call(this, { ...('RowKey' in wanted && { RowKey: wanted.RowKey }), ...wanted });
  };
}

// Nothing is saved to disk, so the process can end at once if its parent is gone.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
// Ctrl+C reaches the whole process group, but the parent decides when storage stops.
process.on('SIGINT', () => undefined);

findRowsByKeyFirst();
const origins: Record<string, string> = {};
for (const service of ['blob', 'queue', 'table'] as const) {
  const port = wanted.services[service];
  if (port === undefined) continue;
  const server = createServer(service, port);
  await server.start();
  origins[service] = `${wanted.tls ? 'https' : 'http'}://${loopback}:${new URL(server.getHttpServerAddress()).port}`;
}
process.send?.({ type: 'ready', origins });
