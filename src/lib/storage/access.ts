import type { TokenCredential } from '@azure/identity';
import { credentialOf } from '../config/azure-identity.ts';
import type { Settings } from '../config/settings.ts';

/** How storage is reached: with a connection string, or at its endpoints by whom Azure knows the app as. */
export type StorageAccess =
  | { readonly connectionString: string }
  | { readonly queueEndpoint: string; readonly tableEndpoint: string; readonly credential: TokenCredential };

/** Where the services of a storage account are, by the names that Azure gives them. */
export const endpointsOf = (account: string): { queueEndpoint: string; tableEndpoint: string } => ({
  queueEndpoint: `https://${account}.queue.core.windows.net`,
  tableEndpoint: `https://${account}.table.core.windows.net`,
});

/** As the settings say. A connection string wins over all else, as it does with the Functions host. */
export function storageAccess(settings: Settings): StorageAccess {
  const { AzureWebJobsStorage: connectionString, AzureWebJobsStorage__accountName: account = '' } = settings;
  if (connectionString !== undefined) return { connectionString };
  const byDefault = endpointsOf(account);
  return {
    queueEndpoint: settings.AzureWebJobsStorage__queueServiceUri ?? byDefault.queueEndpoint,
    tableEndpoint: settings.AzureWebJobsStorage__tableServiceUri ?? byDefault.tableEndpoint,
    credential: credentialOf({
      clientId: settings.AzureWebJobsStorage__clientId,
      isManaged: settings.AzureWebJobsStorage__credential !== undefined,
    }),
  };
}
