import { expect, it } from 'vitest';
import { clock, readIdentity, shown } from '../../simulator/phone/number.ts';

/** How the simulator's phone page reads and shows numbers and times. */

it.each([
  ['+14255550123', '+14255550123'],
  [' +1 (425) 555-0123 ', '+14255550123'],
  ['+1\u00a0425\u00a0555\u00a00123', '+14255550123'],
  ['+44 20 7946 0958', '+442079460958'],
  ['8:acs:operator-1', '8:acs:operator-1'],
  ['555-0123', undefined],
  ['+1 425 CALL', undefined],
  ['8:', undefined],
  ['', undefined],
])('"%s" is read as %s', (typed, identity) => expect(readIdentity(typed)).toBe(identity));

it.each(['+14255550123', '+442079460958', '8:acs:operator-1'])('%s can be typed as it is shown', (identity) =>
  expect(readIdentity(shown(identity))).toBe(identity),
);

it('shows the time as a telephone does', () => {
  expect([0, 9.9, 65, 3600, -1].map(clock)).toEqual(['0:00', '0:09', '1:05', '60:00', '0:00']);
});
