import { z } from 'zod';

/** The settings that say where storage is, and how it is reached. */

export const ClientId = z.guid('must be the client id of an identity, a GUID');

export const HttpsUrl = z.url({ protocol: /^https$/, message: 'must be an https URL' });

/**
 * Storage settings, with the names that the Functions host also reads (Azure Functions, identity-based connections):
 * either a connection string, or an account and an identity with access to it.
 */
export const Storage = {
  AzureWebJobsStorage: z
    .string()
    .regex(/\b(AccountName|QueueEndpoint|UseDevelopmentStorage)=/i, 'must be a storage connection string')
    .optional()
    .describe(
      'Storage connection string, for tables and queues. If it is not set, the settings below select an identity.',
    ),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, 'must be the name of a storage account')
    .optional()
    .describe('Name of the storage account, if it uses the default Azure endpoints.'),
  AzureWebJobsStorage__queueServiceUri: HttpsUrl.optional().describe(
    'Queue Storage endpoint, if it is not the default one.',
  ),
  AzureWebJobsStorage__tableServiceUri: HttpsUrl.optional().describe(
    'Table Storage endpoint, if it is not the default one.',
  ),
  AzureWebJobsStorage__credential: z
    .literal('managedidentity', 'must be managedidentity, or not set')
    .optional()
    .describe('Use only the managed identity. Default: DefaultAzureCredential.'),
  AzureWebJobsStorage__clientId: ClientId.optional().describe('Client id of a user-assigned identity.'),
};

export const STORAGE_IS_MISSING = {
  path: ['AzureWebJobsStorage'],
  message:
    'or AzureWebJobsStorage__accountName, or AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__tableServiceUri, must be set',
  // Run this check even if other settings are wrong, so that one error lists every problem.
  when: () => true,
};

type StorageSettings = { readonly [Name in keyof typeof Storage]?: string | undefined };

export const hasStorage = (settings: StorageSettings): boolean =>
  settings.AzureWebJobsStorage !== undefined ||
  settings.AzureWebJobsStorage__accountName !== undefined ||
  (settings.AzureWebJobsStorage__queueServiceUri !== undefined &&
    settings.AzureWebJobsStorage__tableServiceUri !== undefined);
