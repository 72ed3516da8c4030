import { describe, expect, it } from 'vitest';
import { type CallingRules, countriesOf, GuardedKind, whyNotCall } from '../../src/lib/rules/callable-numbers.ts';

const rules = (given: Partial<CallingRules> = {}): CallingRules => ({
  countries: '*',
  kinds: new Set(),
  own: new Set(['+14255550190']),
  ...given,
});
const only = (...countries: string[]): CallingRules => rules({ countries: new Set(countries) });

describe('a number is called', () => {
  it.each([
    ['+14255550123', only('US')],
    ['+447700900123', only('GB')],
    ['+447700900123', only('US', 'GB')],
    ['+491701234567', rules()],
    ['+14165550123', only('US', 'CA')],
  ])('if its country may be: %s', (number, allowed) => expect(whyNotCall(number, allowed)).toBeUndefined());

  it.each(['+14255550123', '+447700900123', '+61491570006', '+33199005678', '+4930231250000'.slice(0, 14)])(
    'if its range is kept for fiction: %s',
    (number) => expect(whyNotCall(number, rules())).toBeUndefined(),
  );

  it.each([
    ['+19005550123', 'premium'],
    ['+499001123456', 'premium'],
    ['+491805123456', 'sharedCost'],
    ['+447012345678', 'personal'],
    ['+870773111632', 'satellite'],
    ['+881612345678', 'satellite'],
    ['+882165550123', 'international'],
    ['+883510012345', 'international'],
    ['+979123456789', 'international'],
  ] as const)('%s only if the kind %s is allowed by name', (number, kind) => {
    expect(whyNotCall(number, rules())).toMatch(`CALL_NUMBER_TYPES does not allow ${kind}`);
    const others = GuardedKind.options.filter((each) => each !== kind);
    expect(whyNotCall(number, rules({ kinds: new Set(others) }))).toMatch(kind);
    expect(whyNotCall(number, rules({ kinds: new Set([kind]) }))).toBeUndefined();
  });
});

describe('a number is not called', () => {
  it.each([
    ['+491701234567', only('US'), 'is of DE, which the setting CALL_COUNTRIES does not name'],
    ['+14165550123', only('US'), 'is of CA, which the setting CALL_COUNTRIES does not name'],
    ['+18765550123', only('US'), 'is of JM, which the setting CALL_COUNTRIES does not name'],
    ['+447700900123', only('US'), 'is of +44, which the setting CALL_COUNTRIES does not name'],
    ['+14255550190', rules(), 'is one of our own caller numbers'],
    ['+49116117', rules(), 'is an emergency or short number, which is never called'],
    ['+19115550123', rules(), 'is an emergency or short number, which is never called'],
    ['+14255', rules(), 'is too short'],
  ])('%s', (number, allowed, why) => expect(whyNotCall(number, allowed)).toBe(why));

  it('of another country by default than those of the caller numbers', () => {
    expect(countriesOf(['+14255550190', '+442079460000'])).toEqual(new Set(['US', 'GB']));
  });
});
