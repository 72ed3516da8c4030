import { describe, expect, it } from 'vitest';
import { readNumber } from '../../src/lib/rules/phone-numbers.ts';

const read = (text: string, country: string): string => {
  const result = readNumber(text, country);
  return 'number' in result ? result.number : result.problem;
};

describe('a number', () => {
  it.each([
    // As people write them at home.
    ['(425) 555-0123', 'US', '+14255550123'],
    ['425/555-0123', 'US', '+14255550123'],
    ['416 555 0123', 'US', '+14165550123'],
    ['07700 900123', 'GB', '+447700900123'],
    ['7700900123', 'GB', '+447700900123'],
    ['2079460958', 'GB', '+442079460958'],
    ['030 123456-78', 'DE', '+493012345678'],
    ['(030) 123456-0', 'DE', '+49301234560'],
    ['06.12.34.56.78', 'FR', '+33612345678'],
    ['061234567', 'IT', '+39061234567'],
    ['8 912 345-67-89', 'RU', '+79123456789'],
    // With the country code.
    ['+49 (0)30 1234567', 'US', '+49301234567'],
    ['(+49) 170 1234567', 'US', '+491701234567'],
    ['+00491701234567', 'US', '+491701234567'],
    ['4930123456', 'DE', '+4930123456'],
    ['0055 11 98555-0101', 'BR', '+5511985550101'],
    ['0044 7700 900171', 'BR', '+447700900171'],
    ['0061 491 570 006', 'AU', '+61491570006'],
    ['0011 44 20 7946 0958', 'AU', '+442079460958'],
    ['011 44 20 7946 0958', 'US', '+442079460958'],
    ['00 1 425 555 0123', 'KR', '+14255550123'],
    // What programs add.
    ['+4930123456.0', 'DE', '+4930123456'],
    ['030123456.0', 'DE', '+4930123456'],
    ['4930123456,0', 'DE', '+4930123456'],
    ['14255550123.00', 'US', '+14255550123'],
    ['14,255,550,123', 'US', '+14255550123'],
    ['="+14255550123"', 'US', '+14255550123'],
    ["'+14255550123", 'US', '+14255550123'],
    ['tel:+1-425-555-0123', 'US', '+14255550123'],
    ['\u202a+1\u00a0425\u2011555\u20110123\u202c', 'US', '+14255550123'],
    ['＋４４２０７９４６０９５８', 'US', '+442079460958'],
    ['٠٢٠٧٩٤٦٠٩٥٨', 'GB', '+442079460958'],
  ])('%j in %s is %s', (text, country, number) => expect(read(text, country)).toBe(number));
});

describe('a text that is no number says why', () => {
  const EXTENSION = 'has an extension, which cannot be dialled';
  const TWO = 'has two numbers in one cell';
  const ROUNDED = 'was turned into a rounded number by a spreadsheet; format the column as text';
  const SHORT = 'is an emergency or short number, which is never called';

  it.each([
    ['(425) 555-0130 x123', 'US', EXTENSION],
    ['(425) 555-0130 X 124', 'US', EXTENSION],
    ['(425) 555-0130,,,45#', 'US', EXTENSION],
    ['(425) 555-0130 ext. 5', 'US', EXTENSION],
    ['+1 425 555 0130;ext=5', 'US', EXTENSION],
    ['+1 425 555 0130 p 45', 'US', EXTENSION],
    ['+49 30 1234567 Durchwahl 12', 'DE', EXTENSION],
    ['01 23 45 67 89 poste 12', 'FR', EXTENSION],
    ['0551/4711 0551/4712', 'DE', TWO],
    ['030 1234; 030 1235', 'DE', TWO],
    ['030 1234567/68', 'DE', TWO],
    ['4255550123/4255550124', 'US', TWO],
    ['4255550123, 4255550124', 'US', TWO],
    ['425-555-0123 or 425-555-0124', 'US', TWO],
    ['+1 425 555 0123 +1 425 555 0124', 'US', TWO],
    ['4255550123\n4255550124', 'US', TWO],
    ['+1 425-555-0123 ::: +1 425-555-0124', 'US', TWO],
    ['1.42556E+10', 'US', ROUNDED],
    ['1,42556E+10', 'DE', ROUNDED],
    ['4255550123.5', 'US', ROUNDED],
    ['1-800-FLOWERS', 'US', 'has letters'],
    ['Mobile: 425 555 0123', 'US', 'has letters'],
    ['ann@example.org', 'US', 'is an e-mail address'],
    ['#N/A', 'US', 'is an error of a spreadsheet'],
    ['########', 'US', 'is an error of a spreadsheet'],
    ['•••23', 'US', 'is masked: some digits are missing'],
    ['', 'US', 'is empty'],
    ['-', 'US', 'has no digits'],
    ['911', 'US', SHORT],
    ['112', 'DE', SHORT],
    ['116117', 'DE', SHORT],
    ['+1 911 555 0123', 'US', SHORT],
    ['555-0123', 'US', 'is too short'],
    ['+491234', 'US', 'is too short'],
    ['+49123456789012345', 'US', 'is too long'],
    ['+999 1234 5678', 'US', 'has no known country code'],
    ['020 7946 0958', 'UK', 'has no known country code'],
    ['44 20 7946 0958', 'US', 'is of another country than US; write it with + and its country code'],
    ['14255550123', 'DE', 'is of another country than DE; write it with + and its country code'],
  ])('%j in %s: %s', (text, country, problem) => {
    expect(read(text, country)).toBe(problem);
  });
});
