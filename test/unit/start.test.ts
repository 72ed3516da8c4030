import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/lib/base/errors.ts';
import { startServices } from '../../src/lib/services/start.ts';

const RIGHT = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ACS_CONNECTION_STRING: 'endpoint=https://ringdown.invalid/;accesskey=YQ==',
  ACS_SOURCE_IDENTITY: '8:acs:ringdown',
  CALLER_NUMBERS: '+14255550190',
  CALLBACK_BASE_URL: 'https://ringdown.invalid',
  CALLBACK_SECRET: 'a secret of more than thirty-two characters',
  NUMBER_SECRET: 'another secret of more than thirty-two characters',
};

function started(environment: NodeJS.ProcessEnv) {
  const lines: string[] = [];
  return { ...startServices(environment, (line) => lines.push(line)), lines };
}

describe('the services', () => {
  it('are composed from right settings, and nothing is logged', () => {
    const { services, telemetry, lines } = started({
      ...RIGHT,
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=k',
    });
    expect(services).not.toBeInstanceOf(ConfigurationError);
    expect(telemetry).toEqual({ connectionString: 'InstrumentationKey=k' });
    expect(lines).toEqual([]);
  });

  it('are composed from ACS numbers with one warning, without the numbers, that these end in 2028', () => {
    const ga = { ...RIGHT, CALL_AUTOMATION_API: 'ga' };
    const account = '+14255550191@11111111-2222-4333-8444-555555555555';
    const { services, lines } = started({ ...ga, CALLER_NUMBERS: `+14255550190,${account}` });
    expect(services).not.toBeInstanceOf(ConfigurationError);
    expect(lines).toEqual([expect.stringMatching(/warning.*30 September 2028/)]);
    expect(lines.join()).not.toContain('5550190');
    expect(started({ ...ga, CALLER_NUMBERS: account }).lines).toEqual([]);
  });

  it('are missing if settings are wrong: one line for each, with its name and without its value', () => {
    const { services, lines } = started({
      ...RIGHT,
      CALLBACK_SECRET: 'shorty',
      CALLER_NUMBERS: 'nobody',
      ACS_SOURCE_IDENTITY: '',
    });
    expect(services).toBeInstanceOf(ConfigurationError);
    expect(lines.map((line) => /settings: (\w+):/.exec(line)?.[1]).sort()).toEqual([
      'ACS_SOURCE_IDENTITY',
      'CALLBACK_SECRET',
      'CALLER_NUMBERS',
    ]);
    expect(lines.join()).not.toMatch(/shorty|nobody/);
  });

  it.each([{}, { ...RIGHT, ACS_CONNECTION_STRING: 'endpoint=https://;accesskey=hidden' }])(
    'are missing, and the host takes each line for an error: %#',
    (environment) => {
      const { services, lines } = started(environment);
      expect(services).toBeInstanceOf(ConfigurationError);
      expect(lines.length).toBeGreaterThan(0);
      // azure-functions-host, WorkerProcess.ParseErrorMessageAndLog
      for (const line of lines) {
        expect(line).toMatch(/error/i);
        expect(line).not.toMatch(/warn|\n|hidden/i);
      }
    },
  );
});
