import type { TokenCredential } from '@azure/identity';

/** As whom the app asks Azure, where it has no key. */
export type Identity = {
  /** Of a user-assigned identity. Without it: the app's own, or on a developer's machine whoever `az login` says. */
  readonly clientId?: string | undefined;
  /** Nobody but the managed identity is tried. */
  readonly isManaged?: boolean;
};

/** Gives tokens for the identity. The library of identities is heavy, and loaded only when the first token is asked for. */
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
