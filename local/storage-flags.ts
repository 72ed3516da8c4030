import { credentialOf } from '../src/lib/config/azure-identity.ts';
import { endpointsOf, type StorageAccess } from '../src/lib/storage/access.ts';
import { UsageError } from './cli.ts';

/** The flags of commands that use storage. */
export const STORAGE_FLAGS = { storage: { type: 'string' }, account: { type: 'string' } } as const;

export const STORAGE_HELP = `\
  --storage TEXT   storage connection string (default: the environment's AzureWebJobsStorage)
  --account NAME   a storage account in Azure, with the identity of \`az login\``;

/** Returns the storage that the flags or the environment name. @throws UsageError if none does. */
export function storageOf(
  flags: { readonly [Name in keyof typeof STORAGE_FLAGS]?: string | undefined },
): StorageAccess {
  if (flags.account) return { ...endpointsOf(flags.account), credential: credentialOf({}) };
  const connectionString = flags.storage ?? process.env['AzureWebJobsStorage'];
  if (connectionString) return { connectionString };
  throw new UsageError('Name the storage: --storage, --account, or AzureWebJobsStorage in the environment.');
}
