import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marked, unmarked } from '../../src/lib/lists/formula-marks.ts';

/** Text made of what matters here. */
const cells = fc.string({
  unit: fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '＝',
    '＋',
    '－',
    '＠',
    "'",
    '"',
    ' ',
    ',',
    ';',
    '|',
    '\t',
    '\r',
    '\n',
    'x',
    '1',
  ),
  maxLength: 24,
});

/** The cells that a spreadsheet with this separator may see in a cell of ours, if it reads its quotes as text. */
const seenBy = (separator: RegExp, cell: string): string[] =>
  cell.split(separator).map((part) => part.replace(/^[\s"]+/, ''));

describe('a cell of a download', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1+1', "'\t'=1+1"],
    ['\r=1+1', "'\r'=1+1"],
    ['＝1+1', "'＝1+1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    ['x;=1+1', "x;'=1+1"],
    ['x\t-1', "x\t'-1"],
    ['x, "=1+1"', 'x, "\'=1+1"'],
    ['Street 1\n=1+1', "Street 1\n'=1+1"],
    ["'=1+1", "''=1+1"],
    ['+14255550123', '+14255550123'],
    ['x;+14255550123', 'x;+14255550123'],
    ['+14255550123 x5', "'+14255550123 x5"],
    ['+14255550123+1', "'+14255550123+1"],
    ["O'Brien-Smith, Pat", "O'Brien-Smith, Pat"],
    ['Ada = Bob', 'Ada = Bob'],
  ])('%j becomes %j, and the same again when it is sent back', (cell, written) => {
    expect(marked(cell)).toBe(written);
    expect(unmarked(written)).toBe(cell);
  });

  it('has no formula, whatever separates the cells of the spreadsheet', () => {
    fc.assert(
      fc.property(cells, fc.constantFrom(/,/, /;/, /\t/, /\|/, /[\r\n]/, /[,;|\t\r\n]/), (cell, separator) => {
        for (const part of seenBy(separator, marked(cell))) expect(part).not.toMatch(/^(?!\+\d{7,15}$)[=+@\-＝＋＠－]/);
        expect(marked(cell)).not.toMatch(/^[\t\r\n]/);
      }),
      { numRuns: 4_000 },
    );
  });

  it('is itself again when it is sent back', () => {
    fc.assert(
      fc.property(fc.oneof(cells, fc.string({ unit: 'binary' })), (cell) => {
        expect(unmarked(marked(cell))).toBe(cell);
      }),
      { numRuns: 4_000 },
    );
  });
});
