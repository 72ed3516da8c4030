import { z } from 'zod';
import { ConfigurationError } from '../base/errors.ts';
import { API_VERSION } from '../call-automation/requests.ts';
import { Caller, DEFAULT_LINES } from '../rules/outages/outage.ts';

const seconds = (fallback: number) => z.coerce.number().int().min(5).max(86_400).default(fallback);

const Secret = z
  .string()
  .min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32')
  // Long enough for a secret, and known to everybody (docs: App Service, Key Vault references).
  .refine((text) => !text.startsWith('@Microsoft.KeyVault('), {
    message:
      'is a Key Vault reference that Azure could not resolve: is the secret there, and may the identity read it?',
  });

const CallerNumbers = z.string().transform((text, context): Caller[] =>
  text.split(',').flatMap((entry) => {
    const [number, lines = String(DEFAULT_LINES), ...more] = entry.trim().split(':');
    const caller = Caller.safeParse({ number, lines: Number(lines) });
    if (caller.success && more.length === 0) return [caller.data];
    context.addIssue('must be a list of our own numbers and how many calls each may have at once, e.g. +14255550190:2');
    return [];
  }),
);

const ConnectionString = z
  .string()
  .regex(/^endpoint=https?:\/\/[^;]+;accesskey=.+/i, 'must look like endpoint=https://…/;accesskey=…');

const SourceIdentity = z.string().regex(/^8:/, 'must be an ACS user id, 8:acs:…');

const ClientId = z.guid('must be the client id of an identity, a GUID');

const HttpsUrl = z.url({ protocol: /^https$/, message: 'must be an https URL' });

/**
 * Storage, by the names that the Functions host reads too (docs: Azure Functions, identity-based connections): a connection
 * string, or an account and an identity that may use it.
 */
const Storage = {
  AzureWebJobsStorage: z
    .string()
    .regex(/\b(AccountName|QueueEndpoint|UseDevelopmentStorage)=/i, 'must be a storage connection string')
    .optional()
    .describe('Storage connection string: tables and queues. Without it, an identity is used, as the next say.'),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, 'must be the name of a storage account')
    .optional()
    .describe('The storage account, where it has the addresses that Azure gives by default.'),
  AzureWebJobsStorage__queueServiceUri: HttpsUrl.optional().describe(
    'Its Queue Storage, where it has another address.',
  ),
  AzureWebJobsStorage__tableServiceUri: HttpsUrl.optional().describe('Its Table Storage, likewise.'),
  AzureWebJobsStorage__credential: z
    .literal('managedidentity', 'must be managedidentity, or not set')
    .optional()
    .describe('Only the managed identity is asked, as in Azure; by default whoever can be found.'),
  AzureWebJobsStorage__clientId: ClientId.optional().describe('The client id of a user-assigned identity.'),
};

const STORAGE_IS_MISSING = {
  path: ['AzureWebJobsStorage'],
  message:
    'or AzureWebJobsStorage__accountName, or AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__tableServiceUri, must be set',
  // Also where other settings are wrong: all that is wrong is to be known at once.
  when: () => true,
};

type StorageSettings = { readonly [Name in keyof typeof Storage]?: string | undefined };

const hasStorage = (settings: StorageSettings): boolean =>
  settings.AzureWebJobsStorage !== undefined ||
  settings.AzureWebJobsStorage__accountName !== undefined ||
  (settings.AzureWebJobsStorage__queueServiceUri !== undefined &&
    settings.AzureWebJobsStorage__tableServiceUri !== undefined);

const WHICH_API = `\`ga\`: today’s API. \`${API_VERSION}\`, the default: that of 2021.`;

const Common = z.object({
  ...Storage,
  CALLER_NUMBERS: CallerNumbers.describe(
    'Our own phone numbers and the calls each may have at once: number:lines, comma-separated.',
  ),
  CALLBACK_BASE_URL: z
    .url({ protocol: /^https?$/, message: 'must be the http(s) URL by which ACS reaches this app' })
    .describe('Where ACS reaches this app. In Azure: https:// and the host name, by default.'),
  CALLBACK_SECRET: Secret.describe('Signs the callback URIs.'),
  CALLBACK_SECRET_PREVIOUS: Secret.optional().describe('Still accepted, while the secret is being rotated.'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .regex(/^InstrumentationKey=/i, 'must look like InstrumentationKey=…;IngestionEndpoint=https://…/')
    .optional()
    .describe('Where traces and metrics go (Application Insights). Nowhere, if it is not set.'),
  CALL_LEASE_SECONDS: seconds(300).describe('An attempt that is silent for so long is looked into.'),
  MAX_CALL_SECONDS: seconds(3600).describe('No call lasts longer.'),
});

/** The API of the reference page. */
export const Settings2021 = Common.extend({
  CALL_AUTOMATION_API: z.literal(API_VERSION).describe(WHICH_API),
  ACS_CONNECTION_STRING: ConnectionString.describe('Azure Communication Services: endpoint and access key.'),
  ACS_SOURCE_IDENTITY: SourceIdentity.describe('The ACS user that places the calls.'),
}).refine(hasStorage, STORAGE_IS_MISSING);

/** Today's API. */
export const SettingsGa = Common.extend({
  CALL_AUTOMATION_API: z.literal('ga').describe(WHICH_API),
  ACS_CONNECTION_STRING: ConnectionString.optional().describe('Azure Communication Services: endpoint and access key.'),
  ACS_ENDPOINT: HttpsUrl.optional().describe(
    'In place of the connection string: the app asks with its managed identity.',
  ),
  AZURE_CLIENT_ID: ClientId.optional().describe('The client id of a user-assigned identity, which asks ACS then.'),
  ACS_SOURCE_IDENTITY: SourceIdentity.optional().describe(
    'The ACS user that places the calls; by default ACS makes one.',
  ),
  COGNITIVE_SERVICES_ENDPOINT: HttpsUrl.optional().describe(
    'The Azure AI resource that says texts; needed for those only.',
  ),
  ACS_RESOURCE_ID: z
    .guid('must be the immutable resource id, a GUID')
    .optional()
    .describe(
      'The immutable id of the ACS resource. Where it is set, callbacks must carry a token that ACS made for it.',
    ),
  ACS_ISSUER: z
    .url({ protocol: /^https?$/, message: 'must be the URL of whoever signs the callbacks' })
    .default('https://acscallautomation.communication.azure.com')
    .describe('Who signs the callbacks.'),
})
  .refine((settings) => settings.ACS_CONNECTION_STRING !== undefined || settings.ACS_ENDPOINT !== undefined, {
    path: ['ACS_CONNECTION_STRING'],
    message: 'or ACS_ENDPOINT must be set',
    when: () => true,
  })
  .refine(hasStorage, STORAGE_IS_MISSING);

/** Every setting of the app, by its name in the environment. The only definition: documents and checks come from here. */
export const Settings = z.discriminatedUnion('CALL_AUTOMATION_API', [Settings2021, SettingsGa], {
  error: `must be ${API_VERSION} or ga`,
});
export type Settings = z.infer<typeof Settings>;

/**
 * Reads the settings; the only reader of the environment.
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
