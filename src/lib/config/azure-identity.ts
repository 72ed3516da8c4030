import type { TokenCredential } from '@azure/identity';

/** Identity used when no key is configured. */
export type Identity = {
  /** Client id of a user-assigned identity. Default: the system-assigned one, or the `az login` user locally. */
  readonly clientId?: string | undefined;
  /** Use only the managed identity. Default: DefaultAzureCredential. */
  readonly isManaged?: boolean;
};

/** Returns a credential for the identity. Loads `@azure/identity`, which is large, on the first token request. */
export function credentialOf(identity: Identity): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  return {
    getToken: async (scopes, options) => {
      loading ??= load(identity);
      return (await loading).getToken(scopes, options);
    },
  };
}

async function load({ clientId, isManaged }: Identity): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (isManaged)
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  return new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
}
