import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/lib/base/errors.ts';
import { readSettings, Settings2021, SettingsGa } from '../../src/lib/config/settings.ts';

const environment = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACS_CONNECTION_STRING: 'endpoint=https://ringdown.communication.azure.com/;accesskey=c2VjcmV0',
  ACS_SOURCE_IDENTITY: '8:acs:ringdown',
  CALLER_NUMBERS: '+14255550190:2',
  CALLBACK_BASE_URL: 'https://ringdown.example',
  CALLBACK_SECRET: 'a secret of more than thirty-two characters',
  NUMBER_SECRET: 'another secret of more than thirty-two characters',
};

/** The problems of settings, one line each. */
function problems(settings: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(settings);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const { CALLBACK_BASE_URL: _, ...withoutUrl } = environment;

describe('the settings', () => {
  it('are read, with defaults for the times', () => {
    expect(readSettings(environment)).toMatchObject({
      ACS_SOURCE_IDENTITY: '8:acs:ringdown',
      CALLER_NUMBERS: [{ number: '+14255550190', lines: 2 }],
      CALL_LEASE_SECONDS: 300,
      MAX_CALL_SECONDS: 3600,
      BREAKER_AFTER: 10,
    });
  });

  describe('that name Teams resource accounts', () => {
    const [ONE, OTHER] = ['11111111-2222-4333-8444-55555555AAAA', '22222222-2222-4333-8444-555555555555'];
    const ga = (CALLER_NUMBERS: string) => ({ ...environment, CALL_AUTOMATION_API: 'ga', CALLER_NUMBERS });

    it('are read beside ACS numbers, each with its lines', () => {
      const given = ga(`+14255550190:2, +14255550191@${ONE}:5,+14255550192@${OTHER}`);
      expect(readSettings(given).CALLER_NUMBERS).toEqual([
        { number: '+14255550190', lines: 2 },
        { number: '+14255550191', lines: 5, account: ONE.toLowerCase() },
        { number: '+14255550192', lines: 2, account: OTHER },
      ]);
    });

    it('are refused with the API of 2021', () => {
      expect(problems({ ...ga(`+14255550191@${ONE}`), CALL_AUTOMATION_API: '2021-04-15-preview1' })).toEqual([
        'CALLER_NUMBERS: must not name a Teams resource account: that needs CALL_AUTOMATION_API=ga',
      ]);
    });

    it.each([
      ['no GUID', '+14255550191@ringdown@contoso.com:2', /must be a comma-separated list/],
      ['an account without a number', `${ONE}:2`, /must be a comma-separated list/],
      ['the lines before the account', `+14255550191:2@${ONE}`, /must be a comma-separated list/],
      ['one number twice', `+14255550191@${ONE}:2,+14255550191:2`, /each Teams resource account once/],
      ['one account twice', `+14255550191@${ONE},+14255550192@${ONE}`, /each Teams resource account once/],
    ])('are refused with %s', (_, callers, why) => {
      expect(problems(ga(callers))).toEqual([expect.stringMatching(why)]);
    });
  });

  const ofMissing = (name: string): string =>
    name === 'AzureWebJobsStorage'
      ? expect.stringMatching(/^AzureWebJobsStorage: or .* must be set$/)
      : `${name}: is not set`;

  it('that are missing are listed all at once, by name', () => {
    expect(problems({})).toHaveLength(Object.keys(environment).length);
    for (const name of Object.keys(environment)) expect(problems({})).toContainEqual(ofMissing(name));
  });

  it.each(Object.keys(environment))('that are empty are missing: %s', (name) => {
    expect(problems({ ...environment, [name]: '' })).toEqual([ofMissing(name)]);
  });

  it.each([
    ['ACS_CONNECTION_STRING', 'https://ringdown.communication.azure.com/'],
    ['ACS_SOURCE_IDENTITY', '+14255550190'],
    ['CALLER_NUMBERS', '425-555-0190'],
    ['CALLBACK_BASE_URL', 'ringdown.example'],
    ['CALLBACK_BASE_URL', 'ftp://ringdown.example'],
    ['CALLBACK_SECRET', 'only thirty-one characters long'],
    ['CALLBACK_SECRET_PREVIOUS', 'too short'],
    ['CALL_LEASE_SECONDS', 'five minutes'],
    ['CALL_LEASE_SECONDS', '59'],
    ['MAX_CALL_SECONDS', '86401'],
    ['MAX_CALL_SECONDS', '12.5'],
    ['BREAKER_AFTER', '1'],
    ['BREAKER_AFTER', 'never'],
    ['CALLS_PER_SECOND', '-7'],
    ['CALLS_PER_SECOND', 'many'],
  ])('that are invalid are named, and their values are not shown: %s=%s', (name, value) => {
    const [problem, ...others] = problems({ ...environment, [name]: value });
    expect(problem).toMatch(new RegExp(`^${name}: (?!is not set)`));
    expect(problem).not.toContain(value);
    expect(others).toEqual([]);
  });

  it.each([
    ['2021-04-15-preview1', Settings2021],
    ['ga', SettingsGa],
  ])('that are all invalid are all listed: %s', (CALL_AUTOMATION_API, schema) => {
    const names = Object.keys(schema.shape).filter((name) => name !== 'CALL_AUTOMATION_API');
    const wrong = names.map((name) => [name, '?']);
    const named = problems({ CALL_AUTOMATION_API, ...Object.fromEntries(wrong) }).map(
      (problem) => problem.split(':')[0],
    );
    expect(new Set(named)).toEqual(new Set(names));
  });

  it('stop the start with a message that a person can act on', () => {
    expect(() => readSettings({ ...environment, CALLBACK_SECRET: 'hunter2' })).toThrow(
      /settings are not usable:\n {2}- CALLBACK_SECRET: must have at least 32 characters; make one with: openssl/,
    );
  });

  it.each(['CALLBACK_SECRET', 'CALLBACK_SECRET_PREVIOUS'])(
    'that Azure could not fetch from Key Vault are refused, although the reference is long enough: %s',
    (name) => {
      const reference = '@Microsoft.KeyVault(VaultName=ringdown;SecretName=callback-secret)';
      expect(problems({ ...environment, [name]: reference })).toEqual([
        expect.stringMatching(new RegExp(`^${name}: is a Key Vault reference that Azure could not resolve`)),
      ]);
    },
  );

  it('ignore everything else in the environment', () => {
    expect(readSettings({ ...environment, PATH: '/usr/bin' })).not.toHaveProperty('PATH');
  });
});

describe('the settings of today’s API', () => {
  const { ACS_CONNECTION_STRING: connectionString, ACS_SOURCE_IDENTITY: _source, ...common } = environment;
  const ga = { ...common, CALL_AUTOMATION_API: 'ga' };

  it.each([
    ['a connection string', { ACS_CONNECTION_STRING: connectionString }],
    ['an endpoint, and the app’s managed identity', { ACS_ENDPOINT: 'https://ringdown.communication.azure.com' }],
  ])('need %s, and no source identity', (_, access) => {
    expect(readSettings({ ...ga, ...access })).toMatchObject({
      ...access,
      ACS_ISSUER: 'https://acscallautomation.communication.azure.com',
    });
  });

  it('report that both are missing, together with every other problem', () => {
    expect(problems({ ...ga, CALLBACK_SECRET: 'hunter2' })).toEqual([
      expect.stringMatching(/^CALLBACK_SECRET: must have/),
      'ACS_CONNECTION_STRING: or ACS_ENDPOINT must be set',
    ]);
  });

  it.each([
    ['ACS_ENDPOINT', 'http://ringdown.communication.azure.com'],
    ['COGNITIVE_SERVICES_ENDPOINT', 'speech'],
    ['ACS_RESOURCE_ID', 'ringdown'],
    ['ACS_ISSUER', 'acs'],
    ['ACS_SOURCE_IDENTITY', '+14255550190'],
  ])('that are invalid are named: %s=%s', (name, value) => {
    const settings = { ...ga, ACS_CONNECTION_STRING: connectionString, [name]: value };
    expect(problems(settings)).toEqual([expect.stringMatching(new RegExp(`^${name}: must be`))]);
  });

  it('include the name of the API, which must be one of two', () => {
    expect(readSettings(environment).CALL_AUTOMATION_API).toBe('2021-04-15-preview1');
    expect(problems({ ...environment, CALL_AUTOMATION_API: '2023' })).toEqual([
      'CALL_AUTOMATION_API: must be 2021-04-15-preview1 or ga',
    ]);
  });
});

describe('storage', () => {
  const { AzureWebJobsStorage: connectionString, ...others } = environment;
  const uris = {
    AzureWebJobsStorage__queueServiceUri: 'https://queues.example',
    AzureWebJobsStorage__tableServiceUri: 'https://tables.example',
  };
  const whole = 'AzureWebJobsStorage';

  it.each([
    ['a connection string', { [whole]: connectionString }],
    ['an account’s name', { AzureWebJobsStorage__accountName: 'ringdownstorage' }],
    ['the addresses of its queues and tables', uris],
  ])('may be named by %s', (_, storage) => {
    expect(readSettings({ ...others, ...storage })).toMatchObject(storage);
  });

  it('needs more than the address of its queues, which is reported together with every other problem', () => {
    const { AzureWebJobsStorage__tableServiceUri: _, ...half } = uris;
    expect(problems({ ...others, ...half, CALLBACK_SECRET: 'hunter2' })).toEqual([
      expect.stringMatching(/^CALLBACK_SECRET: must have/),
      expect.stringMatching(/^AzureWebJobsStorage: or AzureWebJobsStorage__accountName, or /),
    ]);
  });

  it.each([
    ['AzureWebJobsStorage', 'https://ringdownstorage.queue.core.windows.net'],
    ['AzureWebJobsStorage__accountName', 'https://ringdownstorage'],
    ['AzureWebJobsStorage__queueServiceUri', 'http://queues.example'],
    ['AzureWebJobsStorage__credential', 'password'],
    ['AzureWebJobsStorage__clientId', 'ringdown'],
  ])('that is configured wrongly is refused: %s=%s', (name, value) => {
    expect(problems({ ...environment, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: must be`)),
    ]);
  });
});

describe('CALLER_NUMBERS', () => {
  it.each([
    ['+14255550190', [['+14255550190', 2]]],
    ['+14255550190:5', [['+14255550190', 5]]],
    [
      '+14255550190:5, +14255550191',
      [
        ['+14255550190', 5],
        ['+14255550191', 2],
      ],
    ],
  ])('is read: %s', (text, expected) => {
    const { CALLER_NUMBERS: callers } = readSettings({ ...environment, CALLER_NUMBERS: text });
    expect(callers.map(({ number, lines }) => [number, lines])).toEqual(expected);
  });

  it.each([
    '+14255550190:',
    '+14255550190:0',
    '+14255550190:1.5',
    '+14255550190:many',
    '+14255550190,',
    ':2',
    '+0123456789',
  ])('is refused: %s', (text) => {
    expect(problems({ ...environment, CALLER_NUMBERS: text })).toEqual([
      expect.stringMatching(/^CALLER_NUMBERS: must be a comma-separated list of number:lines/),
    ]);
  });
});

describe('CALLER_NUMBERS with one number twice', () => {
  it('is refused: nobody could tell how many lines it has', () => {
    const twice = '+14255550190:5,+14255550190:2';
    expect(problems({ ...environment, CALLER_NUMBERS: twice })).toEqual([
      'CALLER_NUMBERS: must name each number and each Teams resource account once',
    ]);
  });
});

describe('CALLBACK_BASE_URL', () => {
  it('is by default the host name that Azure gives the app', () => {
    const settings = readSettings({ ...withoutUrl, WEBSITE_HOSTNAME: 'ringdown.azurewebsites.net' });
    expect(settings.CALLBACK_BASE_URL).toBe('https://ringdown.azurewebsites.net');
  });

  it('replaces the host name if it is set', () => {
    const settings = readSettings({ ...environment, WEBSITE_HOSTNAME: 'ringdown.azurewebsites.net' });
    expect(settings.CALLBACK_BASE_URL).toBe('https://ringdown.example');
  });
});
