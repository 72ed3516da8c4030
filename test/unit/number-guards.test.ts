import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/lib/config/settings.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { compose } from '../../src/lib/services/compose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { MemoryWorld } from './support/memory-services.ts';

/** An app that may only call the US. */
function american(): Services {
  const { services } = new MemoryWorld();
  const numbers = { countries: new Set(['US']), kinds: new Set<never>(), own: new Set(['+14255550190']) };
  return { ...services, settings: { ...services.settings, numbers } };
}

describe('an operator whom the settings do not allow', () => {
  it.each([
    [{ phoneNumber: { value: '+491701234567' } }, 'phoneNumber.value: is of DE'],
    [{ phoneNumber: { value: '+19005550123' } }, 'phoneNumber.value: is a premium-rate number'],
    [{ phoneNumber: { value: '+14255550190' } }, 'phoneNumber.value: is one of our own caller numbers'],
    [{ communicationUser: { id: '4:+14255550121' } }, 'communicationUser.id: is not an ACS user id'],
  ])('is refused when the outage is declared: %j', async (operator, why) => {
    const script = { message: 'https://audio.example/message.wav', operators: [operator] };
    const declared = declareOutage(american(), { title: 'Storm', script });
    await expect(declared).rejects.toThrow(`script.operators.0.${why}`);
  });
});

describe('the settings', () => {
  const rules = (given: Record<string, string>) =>
    compose(
      readSettings({
        AzureWebJobsStorage: 'UseDevelopmentStorage=true',
        CALLER_NUMBERS: '+14255550190:2,+442079460000:1',
        CALLBACK_BASE_URL: 'https://ringdown.example',
        CALLBACK_SECRET: 'x'.repeat(32),
        NUMBER_SECRET: 'another secret of more than thirty-two characters',
        ACS_CONNECTION_STRING: 'endpoint=https://acs.example/;accesskey=a2V5',
        ACS_SOURCE_IDENTITY: '8:acs:app',
        ...given,
      }),
    ).settings.numbers;

  it('allow the countries of the caller numbers, and no dear numbers, by default', () => {
    expect(rules({})).toEqual({
      countries: new Set(['US', 'GB']),
      kinds: new Set(),
      own: new Set(['+14255550190', '+442079460000']),
    });
  });

  it('name countries and kinds', () => {
    expect(rules({ CALL_COUNTRIES: ' us , CA', CALL_NUMBER_TYPES: 'premium,satellite' })).toMatchObject({
      countries: new Set(['US', 'CA']),
      kinds: new Set(['premium', 'satellite']),
    });
    expect(rules({ CALL_COUNTRIES: '*' }).countries).toBe('*');
  });

  it('are refused with what to write', () => {
    expect(() => rules({ CALL_COUNTRIES: 'UK' })).toThrow('UK is not a country code; write GB');
    expect(() => rules({ CALL_NUMBER_TYPES: 'fax' })).toThrow('must be some of premium, sharedCost, personal');
  });
});
