import type { TokenCredential } from '@azure/identity';
import { credentialOf } from '../config/azure-identity.ts';
import type { Settings } from '../config/settings.ts';

/** How to reach storage: with a connection string, or at its endpoints with the identity of the app. */
export type StorageAccess =
  | { readonly connectionString: string }
  | { readonly queueEndpoint: string; readonly tableEndpoint: string; readonly credential: TokenCredential };

/** The default endpoints of a storage account in Azure. */
export const endpointsOf = (account: string): { queueEndpoint: string; tableEndpoint: string } => ({
  queueEndpoint: `https://${account}.queue.core.windows.net`,
  tableEndpoint: `https://${account}.table.core.windows.net`,
});

/** The access that the settings describe. A connection string wins, as in the Functions host. */
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
