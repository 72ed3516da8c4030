import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/lib/base/errors.ts';
import { masked } from '../../src/lib/base/masking.ts';
import { reported, safeToThrow } from '../../src/lib/base/reported.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';

describe('what may be a phone number', () => {
  it.each([
    'call +14255550123 now',
    '/opt-outs/%2B14255550123?country=US',
    'x14255550123',
    '4:+14255550123',
    'tel:+1 (425) 555-0123',
    '"14255550123"',
    '４２５５５５０１２３',
    '425–555–0123',
    '1-425-555-0123x12',
    '425.555.0123',
  ])('is masked but for two digits: %s', (text) => {
    const digits = masked(text).normalize('NFKC').replace(/\D/g, '');
    expect(masked(text)).toContain('•••');
    expect(digits.length).toBeLessThanOrEqual(4);
  });

  it.each([
    '8522',
    'terminate: no such call (404 8522)',
    '486/560486',
    'the call 411f6d00-088a-4ee4-a7bf-c064ac10afeb has ended',
    'recipient 0a1b2c3d4e5f60718293',
    '2026-11-28T15:05:43.123Z',
    'at 2026-11-28',
    'W/"datetime\'2026-11-28T15%3A05%3A43.1234567Z\'"',
    'http://127.0.0.1:10002/devstoreaccount1',
  ])('is not: %s', (text) => expect(masked(text)).toBe(text));
});

describe('an error in the log', () => {
  const foreign = new Error('Invalid URL: tel:+14255550123', { cause: new TypeError('no route to 425-555-0123') });

  it('shows its stack and causes, without the numbers that a library repeats', () => {
    expect(reported(foreign)).toMatch(
      /^Error: Invalid URL: tel:•••23\n +at [\s\S]*caused by TypeError: no route to •••23/,
    );
    expect(safeToThrow(foreign).message).toBe('Error: Invalid URL: tel:•••23');
  });

  it('is as we wrote it if it is our own, with its codes and its example', () => {
    const own = new InvalidInputError('The message does not fit', ['targets: e.g. +14255550123']);
    expect(safeToThrow(own)).toBe(own);
    expect(reported(own)).toContain('+14255550123');
    const refused = new CallAutomationError({
      operation: 'hangUp',
      status: 404,
      code: '8522',
      means: 'over',
      message: 'no call with +14255550123',
      requestId: '',
      mayHaveHappened: false,
    });
    expect(refused.message).toBe('hangUp: no call with •••23 (404 8522)');
  });
});
