import { credentialOf } from '../src/lib/config/azure-identity.ts';
import { endpointsOf, type StorageAccess } from '../src/lib/storage/access.ts';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { UsageError } from './cli.ts';

/** The flags of commands that use storage. */
export const STORAGE_FLAGS = { storage: { type: 'string' }, account: { type: 'string' } } as const;

export const STORAGE_HELP = `\
  --storage TEXT   storage connection string (default: the environment's AzureWebJobsStorage)
  --account NAME   a storage account in Azure, with the identity of \`az login\``;

/** Returns the storage that the flags or the environment name. @throws UsageError if none does, or it cannot be one. */
export function storageOf(
  flags: { readonly [Name in keyof typeof STORAGE_FLAGS]?: string | undefined },
): StorageAccess {
  if (flags.account !== undefined) {
    if (!/^[a-z0-9]{3,24}$/.test(flags.account))
      throw new UsageError('--account takes the name of a storage account: 3 to 24 lower-case letters and digits.');
    return { ...endpointsOf(flags.account), credential: credentialOf({}) };
  }
  const connectionString = flags.storage ?? process.env['AzureWebJobsStorage'];
  if (connectionString) return checked({ connectionString }, flags.storage ? '--storage' : 'AzureWebJobsStorage');
  throw new UsageError('Name the storage: --storage, --account, or AzureWebJobsStorage in the environment.');
}

function checked(access: StorageAccess, where: string): StorageAccess {
  try {
    openQueue(access, 'any');
    return access;
  } catch (cause) {
    // The cause may repeat the account's key.
    const looks = 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net';
    throw new UsageError(`${where} is not a storage connection string. One looks like ${looks}`, { cause });
  }
}
