import type { TokenCredential } from '@azure/identity';

/** How storage is reached: with a connection string, or at its endpoints by whom Azure knows the app as. */
export type StorageAccess =
  | { readonly connectionString: string }
  | { readonly queueEndpoint: string; readonly tableEndpoint: string; readonly credential: TokenCredential };

/** Where the services of a storage account are, by the names that Azure gives them. */
export const endpointsOf = (account: string): { queueEndpoint: string; tableEndpoint: string } => ({
  queueEndpoint: `https://${account}.queue.core.windows.net`,
  tableEndpoint: `https://${account}.table.core.windows.net`,
});
