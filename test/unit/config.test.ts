import { describe, expect, it } from 'vitest';
import { readSettings, Settings } from '../../src/lib/config.ts';
import { ConfigurationError } from '../../src/lib/errors.ts';

const environment = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACS_CONNECTION_STRING: 'endpoint=https://ringdown.communication.azure.com/;accesskey=c2VjcmV0',
  ACS_SOURCE_IDENTITY: '8:acs:ringdown',
  CALLER_NUMBERS: '+14255550190:2',
  CALLBACK_BASE_URL: 'https://ringdown.example',
  CALLBACK_SECRET: 'a secret of more than thirty-two characters',
};

/** What is wrong with settings, a line each. */
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
    });
  });

  it('that are missing are listed all at once, by name', () => {
    expect(problems({})).toEqual(Object.keys(environment).map((name) => `${name}: is not set`));
  });

  it.each(Object.keys(environment))('that are empty are missing: %s', (name) => {
    expect(problems({ ...environment, [name]: '' })).toEqual([`${name}: is not set`]);
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
    ['CALL_LEASE_SECONDS', '4'],
    ['MAX_CALL_SECONDS', '86401'],
    ['MAX_CALL_SECONDS', '12.5'],
  ])('that are wrong are named, and what they hold is not repeated: %s=%s', (name, value) => {
    const [problem, ...others] = problems({ ...environment, [name]: value });
    expect(problem).toMatch(new RegExp(`^${name}: (?!is not set)`));
    expect(problem).not.toContain(value);
    expect(others).toEqual([]);
  });

  it('that are all wrong are all listed', () => {
    const wrong = Object.keys(Settings.shape).map((name) => [name, name === 'AzureWebJobsStorage' ? '' : '?']);
    const named = problems(Object.fromEntries(wrong)).map((problem) => problem.split(':')[0]);
    expect(new Set(named)).toEqual(new Set(Object.keys(Settings.shape)));
  });

  it('stop the start with a message that a person can act on', () => {
    expect(() => readSettings({ ...environment, CALLBACK_SECRET: 'hunter2' })).toThrow(
      /settings are not usable:\n {2}- CALLBACK_SECRET: must have at least 32 characters; make one with: openssl/,
    );
  });

  it('take no notice of what else is in the environment', () => {
    expect(readSettings({ ...environment, PATH: '/usr/bin' })).not.toHaveProperty('PATH');
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
  ])('%s', (text, expected) => {
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
  ])('%s is refused', (text) => {
    expect(problems({ ...environment, CALLER_NUMBERS: text })).toEqual([
      expect.stringMatching(/^CALLER_NUMBERS: must be a list of our own numbers/),
    ]);
  });
});

describe('CALLBACK_BASE_URL', () => {
  it('is by default the host name that Azure gives the app', () => {
    const settings = readSettings({ ...withoutUrl, WEBSITE_HOSTNAME: 'ringdown.azurewebsites.net' });
    expect(settings.CALLBACK_BASE_URL).toBe('https://ringdown.azurewebsites.net');
  });

  it('that is set wins over the host name', () => {
    const settings = readSettings({ ...environment, WEBSITE_HOSTNAME: 'ringdown.azurewebsites.net' });
    expect(settings.CALLBACK_BASE_URL).toBe('https://ringdown.example');
  });
});
