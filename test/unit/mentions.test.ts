import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../src/lib/privacy/find-person.ts';

describe('a text mentions a number', () => {
  const us = mentionsOf('+14255550123');
  it.each([
    '+14255550123',
    '{"value":"+14255550123"}',
    'tel:%2B14255550123',
    '(425) 555-0123 ext 4',
    '425.555.0123',
    '1-425-555-0123',
    '425–555–0123',
    '４２５５５５０１２３',
    '001 425 555 0123',
  ])('in %s', (text) => expect(us(text)).toBe(true));

  it.each(['+14255550124', '4255550123456', '99914255550123', '425555012', 'call 425 or 5550123 soon'])(
    'not in %s',
    (text) => expect(us(text)).toBe(false),
  );

  it('also in the national form of a country with a trunk prefix', () => {
    const uk = mentionsOf('+442079460958');
    expect(uk('020 7946 0958')).toBe(true);
    expect(uk('+44 (0)20 7946 0958')).toBe(true);
  });
});
