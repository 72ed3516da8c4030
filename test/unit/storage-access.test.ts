import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../local/cli.ts';
import { storageOf } from '../../local/storage-flags.ts';
import { readSettings } from '../../src/lib/config/settings.ts';
import { storageAccess } from '../../src/lib/storage/access.ts';

/** Where storage is and how the app signs in to it, from the settings or from a command's flags. */

const credential = expect.objectContaining({ getToken: expect.any(Function) });
const ofAccount = {
  queueEndpoint: 'https://ringdown.queue.core.windows.net',
  tableEndpoint: 'https://ringdown.table.core.windows.net',
  credential,
};

const accessBy = (storage: Record<string, string>) =>
  storageAccess(
    readSettings({
      ACS_CONNECTION_STRING: 'endpoint=https://ringdown.communication.azure.com/;accesskey=c2VjcmV0',
      ACS_SOURCE_IDENTITY: '8:acs:ringdown',
      CALLER_NUMBERS: '+14255550190:2',
      CALLBACK_BASE_URL: 'https://ringdown.example',
      CALLBACK_SECRET: 'a secret of more than thirty-two characters',
      NUMBER_SECRET: 'another secret of more than thirty-two characters',
      ...storage,
    }),
  );

describe('storage is reached', () => {
  const AzureWebJobsStorage = 'UseDevelopmentStorage=true';
  const AzureWebJobsStorage__accountName = 'ringdown';

  it('with the connection string, even if an account is named', () => {
    const connection = { connectionString: AzureWebJobsStorage };
    expect(accessBy({ AzureWebJobsStorage })).toEqual(connection);
    expect(accessBy({ AzureWebJobsStorage, AzureWebJobsStorage__accountName })).toEqual(connection);
  });

  it('at the account’s addresses in Azure, with an identity', () => {
    expect(accessBy({ AzureWebJobsStorage__accountName })).toEqual(ofAccount);
  });

  it('at a given address instead of the account’s own', () => {
    const AzureWebJobsStorage__queueServiceUri = 'https://queues.example';
    expect(accessBy({ AzureWebJobsStorage__accountName, AzureWebJobsStorage__queueServiceUri })).toEqual({
      ...ofAccount,
      queueEndpoint: 'https://queues.example',
    });
  });
});

describe('a command', () => {
  it('uses the account it is given, as the person who is signed in', () => {
    expect(storageOf({ account: 'ringdown', storage: 'UseDevelopmentStorage=true' })).toEqual(ofAccount);
  });

  it('uses the connection string it is given, or else the one in the environment', () => {
    const [flag, environment] = ['flag', 'environment'].map(
      (name) => `DefaultEndpointsProtocol=https;AccountName=${name};AccountKey=a2V5;EndpointSuffix=core.windows.net`,
    );
    vi.stubEnv('AzureWebJobsStorage', environment);
    expect(storageOf({ storage: flag ?? '' })).toEqual({ connectionString: flag });
    expect(storageOf({})).toEqual({ connectionString: environment });
    vi.unstubAllEnvs();
  });

  it('refuses text that is no connection string, and says where it came from', () => {
    vi.stubEnv('AzureWebJobsStorage', 'garbage');
    expect(() => storageOf({ storage: 'garbage' })).toThrow('--storage is not a storage connection string');
    expect(() => storageOf({})).toThrow('AzureWebJobsStorage is not a storage connection string');
    vi.unstubAllEnvs();
  });

  it('refuses to run without either, and says how to give one', () => {
    vi.stubEnv('AzureWebJobsStorage', undefined);
    expect(() => storageOf({})).toThrow(UsageError);
    vi.unstubAllEnvs();
  });
});
