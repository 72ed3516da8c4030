import { z } from 'zod';
import { ConfigurationError } from '../base/errors.ts';
import { API_VERSION } from '../call-automation/requests.ts';
import { CallPricesText } from '../rules/call-prices.ts';
import { GuardedKind } from '../rules/callable-numbers.ts';
import { Country } from '../rules/countries.ts';
import { CallerNumbers } from './caller-numbers.ts';
import { ClientId, HttpsUrl, hasStorage, STORAGE_IS_MISSING, Storage } from './storage-settings.ts';

const seconds = (fallback: number, least: number) => z.coerce.number().int().min(least).max(86_400).default(fallback);

const Secret = z
  .string()
  .min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32')
  // An unresolved reference stays as its text: long enough, but not secret (App Service, Key Vault references).
  .refine((text) => !text.startsWith('@Microsoft.KeyVault('), {
    message:
      'is a Key Vault reference that Azure could not resolve; check that the secret exists and the identity may read it',
  });

/** Entries of a comma-separated list. */
const entriesOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

const CallCountries = z.string().transform((text, context): readonly string[] | '*' => {
  if (text.trim() === '*') return '*';
  const countries = z.array(Country).min(1).safeParse(entriesOf(text));
  if (countries.success) return countries.data;
  context.addIssue(
    `must be * or ISO codes of countries, comma-separated, e.g. US,CA: ${countries.error.issues[0]?.message}`,
  );
  return z.NEVER;
});

const CallNumberTypes = z.string().transform((text, context): readonly GuardedKind[] => {
  const kinds = z.array(GuardedKind).safeParse(entriesOf(text));
  if (kinds.success) return kinds.data;
  context.addIssue(`must be some of ${GuardedKind.options.join(', ')}, comma-separated`);
  return z.NEVER;
});

const ConnectionString = z
  .string()
  .regex(/^endpoint=https?:\/\/[^;]+;accesskey=.+/i, 'must look like endpoint=https://…/;accesskey=…');

const SourceIdentity = z.string().regex(/^8:/, 'must be an ACS user id, 8:acs:…');

/** `Authorization=AAD;ClientId=<id>`, as the Functions host reads it (Azure Functions, app settings reference). */
const TelemetryIdentity = z.string().transform((text, context) => {
  const entries = text.split(';').map((entry) => entry.trim().split('=', 2));
  const { authorization, clientid: clientId } = Object.fromEntries(
    entries.map(([name = '', value = '']) => [name.toLowerCase(), value]),
  );
  if (authorization === 'AAD' && (clientId === undefined || ClientId.safeParse(clientId).success)) return { clientId };
  context.addIssue('must be Authorization=AAD, or Authorization=AAD;ClientId=<GUID>');
  return z.NEVER;
});

const atLeastOne = z.coerce.number().int().min(1).optional();

const WHICH_API = `\`ga\`: the current API. \`${API_VERSION}\` (default): the 2021 API.`;

const Common = z.object({
  ...Storage,
  CALLER_NUMBERS: CallerNumbers.describe(
    'Our phone numbers, and how many calls each can have at once: number:lines, comma-separated. `number@account:lines` is the number of a Teams resource account, with its object id (docs/teams-phone.md); that needs `ga`.',
  ),
  CALL_COUNTRIES: CallCountries.optional().describe(
    'The countries that may be called: ISO codes, comma-separated, or `*`. Default: those of CALLER_NUMBERS.',
  ),
  CALL_NUMBER_TYPES: CallNumberTypes.default([]).describe(
    `Kinds of number that may be called although they are dear: ${GuardedKind.options.join(', ')}; comma-separated. Default: none.`,
  ),
  CALL_PRICES: CallPricesText.optional().describe(
    'What a minute of a call costs, for the estimate before an outage is launched: a currency, and prices by country, e.g. `USD US:0.013,*:0.1`. Default: no estimate.',
  ),
  CALLBACK_BASE_URL: z
    .url({ protocol: /^https?$/, message: 'must be the http(s) URL at which ACS reaches this app' })
    .describe('URL at which ACS reaches this app. Default in Azure: https:// and the host name.'),
  CALLBACK_SECRET: Secret.describe('Signs the callback URIs.'),
  CALLBACK_SECRET_PREVIOUS: Secret.optional().describe('The previous secret: still accepted while you rotate it.'),
  NUMBER_SECRET: Secret.describe(
    'Makes the ids of phone numbers. Never change it: without it, every opt-out is lost. Keep a copy.',
  ),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .regex(/^InstrumentationKey=/i, 'must look like InstrumentationKey=…;IngestionEndpoint=https://…/')
    .optional()
    .describe('Application Insights resource for traces and metrics. If it is not set, none are sent.'),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: TelemetryIdentity.optional().describe(
    'Send telemetry with the managed identity instead of the key of the connection string: `Authorization=AAD`, and `;ClientId=…` for a user-assigned identity.',
  ),
  CALL_LEASE_SECONDS: seconds(300, 60).describe(
    'Check an attempt after this many seconds without an event. At least 60: several times as long as a request to ACS may take.',
  ),
  MAX_CALL_SECONDS: seconds(3600, 5).describe('Longest duration of a call, in seconds.'),
  NUMBER_DELAY_SECONDS: seconds(60, 0).describe(
    'Shortest time between two calls to one number, in seconds, whichever outage or person calls it. Operators of a script are excepted.',
  ),
  NUMBER_CALLS_A_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(6)
    .describe(
      'The most calls to one number in 24 hours, of all outages together. All-clears and operators do not count.',
    ),
  DAILY_CALLS: atLeastOne.describe(
    'Once this many calls were placed on a day (UTC), only outages that are emergencies call. Default: no limit.',
  ),
  DAILY_MINUTES: atLeastOne.describe('Likewise, once the calls of the day took this many minutes. Default: no limit.'),
  RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(90)
    .describe('Days after the end of an outage until its people are reduced to counts, and calls by hand are deleted.'),
  BREAKER_AFTER: z.coerce
    .number()
    .int()
    .min(2)
    .max(100)
    .default(10)
    .describe('Rest a caller number after this many calls in a row that fail for the same reason of our own.'),
  CALLS_PER_SECOND: z.coerce
    .number()
    .min(0.1)
    .max(100)
    .optional()
    .describe(
      'How many calls a number may start in a second, evenly spaced. Default: no limit. A carrier may take a burst of calls for fraud and decline it (603).',
    ),
});

/** Settings for the 2021 API, the one on the reference page. */
export const Settings2021 = Common.extend({
  CALL_AUTOMATION_API: z.literal(API_VERSION).describe(WHICH_API),
  ACS_CONNECTION_STRING: ConnectionString.describe('Azure Communication Services: endpoint and access key.'),
  ACS_SOURCE_IDENTITY: SourceIdentity.describe('The ACS user that places the calls.'),
})
  .refine(({ CALLER_NUMBERS }) => CALLER_NUMBERS.every(({ account }) => account === undefined), {
    path: ['CALLER_NUMBERS'],
    message: 'must not name a Teams resource account: that needs CALL_AUTOMATION_API=ga',
  })
  .refine(hasStorage, STORAGE_IS_MISSING);

/** Settings for the current API. */
export const SettingsGa = Common.extend({
  CALL_AUTOMATION_API: z.literal('ga').describe(WHICH_API),
  ACS_CONNECTION_STRING: ConnectionString.optional().describe('Azure Communication Services: endpoint and access key.'),
  ACS_ENDPOINT: HttpsUrl.optional().describe(
    'ACS endpoint, to use the managed identity instead of a connection string.',
  ),
  AZURE_CLIENT_ID: ClientId.optional().describe('Client id of the user-assigned identity that calls ACS.'),
  ACS_SOURCE_IDENTITY: SourceIdentity.optional().describe(
    'The ACS user that places the calls. Default: ACS creates one.',
  ),
  COGNITIVE_SERVICES_ENDPOINT: HttpsUrl.optional().describe(
    'Azure AI resource for text to speech. Needed only if an outage uses texts.',
  ),
  ACS_RESOURCE_ID: z
    .guid('must be the immutable resource id, a GUID')
    .optional()
    .describe('Immutable id of the ACS resource. If it is set, callbacks must carry a token that ACS issued for it.'),
  ACS_ISSUER: z
    .url({ protocol: /^https?$/, message: 'must be the http(s) URL of the issuer that signs the callbacks' })
    .default('https://acscallautomation.communication.azure.com')
    .describe('Issuer that signs the callbacks.'),
})
  .refine((settings) => settings.ACS_CONNECTION_STRING !== undefined || settings.ACS_ENDPOINT !== undefined, {
    path: ['ACS_CONNECTION_STRING'],
    message: 'or ACS_ENDPOINT must be set',
    when: () => true,
  })
  .refine(hasStorage, STORAGE_IS_MISSING);

/** Every setting, by environment variable name. The checks and the documentation are generated from it. */
export const Settings = z.discriminatedUnion('CALL_AUTOMATION_API', [Settings2021, SettingsGa], {
  error: `must be ${API_VERSION} or ga`,
});
export type Settings = z.infer<typeof Settings>;

/**
 * Reads and checks the settings. Nothing else reads the environment.
 * @throws ConfigurationError listing every setting that is missing or wrong, without its value.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const host = environment['WEBSITE_HOSTNAME'];
  const defaults = { CALL_AUTOMATION_API: API_VERSION, ...(host && { CALLBACK_BASE_URL: `https://${host}` }) };
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = Settings.safeParse({ ...defaults, ...Object.fromEntries(given) });
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      const isMissing = issue.code === 'invalid_type' && !given.some(([setting]) => setting === name);
      return `${name}: ${isMissing ? 'is not set' : issue.message}`;
    }),
  );
}
