import { expect, it } from 'vitest';
import { laterRejected, withCheckPart } from '../../src/lib/rules/outages/check-parts.ts';
import type { ListCheck } from '../../src/lib/rules/outages/list-check.ts';
import { rejectedCsv } from '../../src/lib/views/rejected-csv.ts';

const PART: ListCheck = {
  wouldBeAdded: 1,
  alreadyThere: 2,
  duplicates: 1,
  optedOut: 3,
  rejected: 1,
  columns: [{ column: 'phone', as: 'phone', first: ['+1'] }],
  duplicateRows: [{ line: 3, first: 2 }],
  rejections: [{ line: 4, reason: 'phone: is empty' }],
  countries: { US: 1 },
  kinds: { mobile: 1 },
  timeZones: { given: { UTC: 1 }, missing: 2, missingInNorthAmerica: 1, assumed: 'UTC' },
  firstRows: [{ line: 2, own: {} }],
};

it('the check of a list in parts has the sums, and the lines of the whole list', () => {
  const later: ListCheck = { ...PART, countries: { US: 1, CA: 4 }, kinds: {}, firstRows: [] };
  expect(withCheckPart(withCheckPart(undefined, PART, 0), later, 10)).toEqual({
    ...PART,
    wouldBeAdded: 2,
    alreadyThere: 4,
    duplicates: 2,
    optedOut: 6,
    rejected: 2,
    duplicateRows: [...PART.duplicateRows, { line: 13, first: 12 }],
    rejections: [...PART.rejections, { line: 14, reason: 'phone: is empty' }],
    countries: { US: 2, CA: 4 },
    timeZones: { given: { UTC: 2 }, missing: 4, missingInNorthAmerica: 2, assumed: 'UTC' },
  });
});

it('rejected rows of a later part have the lines of the whole list, but not the numbers within their cells', () => {
  const csv = rejectedCsv(
    ['phone', 'note'],
    [
      { line: 2, reason: 'phone: has letters', cells: ['a', 'first\n3,second'] },
      { line: 4, reason: 'phone: is empty', cells: ['', 'say "5"'] },
    ],
  ).toString();
  expect(laterRejected(csv, 100).trim().split('\n')).toEqual([
    '"102","phone: has letters","a","first',
    '3,second"',
    '"104","phone: is empty","","say ""5"""',
  ]);
});
