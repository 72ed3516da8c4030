import { QueueServiceClient } from '@azure/storage-queue';
import { credentialOf } from '../../src/lib/config/azure-identity.ts';
import type { Settings } from './settings.ts';

// The polling loop retries. The pipeline's own retries would only delay the report that storage is unavailable.
const OPTIONS = { retryOptions: { maxTries: 2, retryDelayInMs: 100 } };

/**
 * The queues of a binding's `connection`: a connection string, or an account or endpoint with an identity. The prefix
 * `AzureWebJobs` is optional (platform docs: identity-based connections).
 * @throws Error if the settings name neither.
 */
export function queueService(connection: string, settings: Settings): QueueServiceClient {
  for (const name of [connection, `AzureWebJobs${connection}`]) {
    const connectionString = settings[name];
    if (connectionString) return QueueServiceClient.fromConnectionString(connectionString, OPTIONS);
    const account = settings[`${name}__accountName`];
    const url = settings[`${name}__queueServiceUri`] ?? (account && `https://${account}.queue.core.windows.net`);
    if (!url) continue;
    const credential = credentialOf({
      clientId: settings[`${name}__clientId`],
      isManaged: settings[`${name}__credential`]?.toLowerCase() === 'managedidentity',
    });
    return new QueueServiceClient(url, credential, OPTIONS);
  }
  throw new Error(
    `The app setting ${connection} is not set; it must hold the storage connection string, or ${connection}__accountName ` +
      'the name of an account to use with an identity.',
  );
}
