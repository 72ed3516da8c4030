import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';

/** A duration in host.json, `[d.]hh:mm:ss[.fffffff]` (.NET TimeSpan). Parsed to milliseconds. */
const TimeSpan = z.string().transform((text, context) => {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(\.\d{1,7})?$/.exec(text);
  if (!match) {
    context.addIssue({ code: 'custom', message: `expected hh:mm:ss, got "${text}"` });
    return z.NEVER;
  }
  const [days, hours, minutes, seconds, fraction] = match.slice(1).map((part) => Number(part ?? 0));
  const wholeMinutes = ((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0);
  return Math.round((wholeMinutes * 60 + (seconds ?? 0) + (fraction ?? 0)) * 1000);
});

/** `extensions.queues` with its defaults and limits (platform docs: host.json, Storage extension 5.x). */
const Queues = z
  .strictObject({
    maxPollingInterval: TimeSpan.pipe(z.number().min(100)).default(60_000),
    visibilityTimeout: TimeSpan.default(0),
    batchSize: z.int().min(1).max(32).default(16),
    newBatchThreshold: z.int().min(0).optional(),
    maxDequeueCount: z.int().min(1).default(5),
    messageEncoding: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['base64', 'none']))
      .default('base64'),
  })
  .transform(({ newBatchThreshold, ...rest }) => ({
    ...rest,
    newBatchThreshold: newBatchThreshold ?? Math.floor((rest.batchSize / 2) * availableParallelism()),
  }));

/** Levels of a category in the log, and those before it (platform docs: Configure monitoring, log levels). */
const LogLevel = z.enum(['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical', 'None']);

/** What this host does not know is refused by name: a setting that is ignored here would be a surprise in Azure. */
const HostJson = z.strictObject({
  version: z.literal('2.0').default('2.0'),
  /** Default: that of the plan Flex Consumption, 30 minutes. */
  functionTimeout: TimeSpan.pipe(z.number().positive()).default(30 * 60_000),
  logging: z
    .strictObject({
      logLevel: z.record(z.string(), LogLevel).default({}),
      /** Settings for Application Insights, to which this host sends nothing. */
      applicationInsights: z.looseObject({}).optional(),
    })
    .prefault({}),
  /** The extensions are part of this host; only their id and version are checked. */
  extensionBundle: z
    .strictObject({
      id: z.literal('Microsoft.Azure.Functions.ExtensionBundle'),
      version: z.string().regex(/^\[4\.\*, 5\.0\.0\)$/, 'must be [4.*, 5.0.0): the Storage extension 5.x'),
    })
    .optional(),
  extensions: z
    .strictObject({
      http: z.strictObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: Queues.prefault({}),
    })
    .prefault({}),
});

/** The queue settings of host.json. Durations are in milliseconds. */
export type QueueSettings = z.output<typeof Queues>;

/** The settings of host.json that this host applies. */
export type HostSettings = {
  routePrefix: string;
  functionTimeoutMs: number;
  /** The level of each category of the log; that of the longest name that begins a category's own counts. */
  logLevel: Readonly<Record<string, z.output<typeof LogLevel>>>;
  queues: QueueSettings;
};

/** Parses the content of a host.json and fills in the platform's defaults. @throws Error if it is not valid. */
export function parseHostJson(content: unknown): HostSettings {
  const parsed = HostJson.safeParse(content);
  if (!parsed.success) throw new Error(`host.json is not valid:\n${z.prettifyError(parsed.error)}`);
  const { functionTimeout, logging, extensions } = parsed.data;
  return {
    routePrefix: extensions.http.routePrefix.replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: functionTimeout,
    logLevel: logging.logLevel,
    queues: extensions.queues,
  };
}

/**
 * Reads a host.json. Without a path: `host.json` in the working directory if it exists, otherwise the defaults.
 * @throws Error if the file cannot be read or is not valid.
 */
export function readHostJson(path?: string): HostSettings {
  const file = path ?? 'host.json';
  if (path === undefined && !existsSync(file)) return parseHostJson({});
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`Could not read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return parseHostJson(content);
}
