import { z } from 'zod';
import { ConfigurationError } from './errors.ts';
import { Caller, DEFAULT_LINES } from './outages/outage.ts';

const seconds = (fallback: number) => z.coerce.number().int().min(5).max(86_400).default(fallback);

const Secret = z.string().min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32');

const CallerNumbers = z.string().transform((text, context): Caller[] =>
  text.split(',').flatMap((entry) => {
    const [number, lines = String(DEFAULT_LINES), ...more] = entry.trim().split(':');
    const caller = Caller.safeParse({ number, lines: Number(lines) });
    if (caller.success && more.length === 0) return [caller.data];
    context.addIssue('must be a list of our own numbers and how many calls each may have at once, e.g. +14255550190:2');
    return [];
  }),
);

/** Every setting of the app, by its name in the environment. The only definition: documents and checks come from here. */
export const Settings = z.object({
  AzureWebJobsStorage: z.string().min(1).describe('Storage connection string: tables and queues.'),
  ACS_CONNECTION_STRING: z
    .string()
    .regex(/^endpoint=https?:\/\/[^;]+;accesskey=.+/i, 'must look like endpoint=https://…/;accesskey=…')
    .describe('Azure Communication Services: endpoint and access key.'),
  ACS_SOURCE_IDENTITY: z
    .string()
    .regex(/^8:/, 'must be an ACS user id, 8:acs:…')
    .describe('The ACS user that places the calls.'),
  CALLER_NUMBERS: CallerNumbers.describe(
    'Our own phone numbers and the calls each may have at once: number:lines, comma-separated.',
  ),
  CALLBACK_BASE_URL: z
    .url({ protocol: /^https?$/, message: 'must be the http(s) URL by which ACS reaches this app' })
    .describe('Where ACS reaches this app. In Azure: https:// and the host name, by default.'),
  CALLBACK_SECRET: Secret.describe('Signs the callback URIs.'),
  CALLBACK_SECRET_PREVIOUS: Secret.optional().describe('Still accepted, while the secret is being rotated.'),
  CALL_LEASE_SECONDS: seconds(300).describe('An attempt that is silent for so long is looked into.'),
  MAX_CALL_SECONDS: seconds(3600).describe('No call lasts longer.'),
});
export type Settings = z.infer<typeof Settings>;

/**
 * Reads the settings; the only reader of the environment.
 * @throws ConfigurationError listing every setting that is missing or wrong, without its value.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const host = environment['WEBSITE_HOSTNAME'];
  const defaults = host ? { CALLBACK_BASE_URL: `https://${host}` } : {};
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = Settings.safeParse({ ...defaults, ...Object.fromEntries(given) });
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      const isMissing = !given.some(([setting]) => setting === name);
      return `${name}: ${isMissing ? 'is not set' : issue.message}`;
    }),
  );
}
