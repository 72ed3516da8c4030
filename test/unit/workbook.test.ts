import { Readable } from 'node:stream';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { List, XLSX } from '../../src/lib/lists/list.ts';
import { rowsOfWorkbook } from '../../src/lib/lists/xlsx/workbook.ts';
import { EMPTY, inline, number, type Workbook, xlsx } from '../fixtures/workbook.ts';

const PIECE = 1000;
const piecesOf = (bytes: Uint8Array): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, at) => bytes.subarray(at * PIECE, (at + 1) * PIECE)),
  );

async function allOf<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const rowsOf = (bytes: Uint8Array, sheet?: string) => allOf(rowsOfWorkbook(piecesOf(bytes), sheet));

/** The cells of a workbook whose first sheet has these rows. */
async function cellsOf(rows: NonNullable<Workbook['sheets'][number]['rows']>, more: Partial<Workbook> = {}) {
  const found = await rowsOf(xlsx({ sheets: [{ name: 'Sheet1', rows }], ...more }));
  return found.map(({ cells }) => cells);
}

describe('the cells of a workbook', () => {
  it('are shared texts, inline texts and rich texts, without the phonetic reading', async () => {
    const rich =
      '<r><rPr><b/></rPr><t>Zoë </t></r><r><t xml:space="preserve">Müller</t></r><rPh sb="0" eb="1"><t>no</t></rPh>';
    expect(
      await cellsOf([
        ['phone', 'name & <more>'],
        [inline('<t>+493012345678</t>'), inline(rich)],
      ]),
    ).toEqual([
      ['phone', 'name & <more>'],
      ['+493012345678', 'Zoë Müller'],
    ]);
  });

  it('keep all digits of a number, however the sheet shows it', async () => {
    const formats = [
      '0.00E+00',
      '+0',
      '"+49 "0',
      '00000000000',
      3,
      '[<=9999999]###-####;(###) ###-####',
      '0.00',
      '0,,',
    ];
    const values = [
      number('4930123456'),
      number('14255550123', 1),
      number('1.4255550123E10', 1),
      number('4930123456', 2),
      number('30123456', 3),
      number('3012345678', 4),
      number('4930123456', 5),
      number('4255550123', 6),
      number('4930123456', 7),
      number('4930123456', 8),
    ];
    expect(await cellsOf([values], { formats })).toEqual([
      [
        '4930123456',
        '14255550123',
        '14255550123',
        '+4930123456',
        '+49 30123456',
        '03012345678',
        '4,930,123,456',
        '(425) 555-0123',
        '4930123456',
        '4930123456',
      ],
    ]);
  });

  it('are dates as they are shown; those that depend on the country of the reader are ISO dates', async () => {
    const formats = [14, 22, 'dd.mm.yyyy', 'h:mm', '[$-407]d. mmmm yyyy'];
    const row = [number('46354', 1), number('46354.5', 2), number('46354', 3), number('0.75', 4), number('46354', 5)];
    const shown = ['2026-11-28', '2026-11-28 12:00', '28.11.2026', '18:00', '28. November 2026'];
    expect(await cellsOf([row], { formats })).toEqual([shown]);
    const macs = [number(46354 - 1462, 1)];
    expect(await cellsOf([macs], { formats, is1904: true })).toEqual([['2026-11-28']]);
  });

  it('are results of formulas, truth values, errors and escaped characters', async () => {
    const cells = [
      { xml: '<c t="str"><f>"+49"&amp;A2</f><v>+493012345678</v></c>' },
      { xml: '<c t="b"><v>1</v></c>' },
      { xml: '<c t="e"><v>#N/A</v></c>' },
      { xml: '<c t="d"><v>2026-11-28T00:00:00</v></c>' },
      'a_x000D_\nb',
    ];
    expect(await cellsOf([cells])).toEqual([['+493012345678', 'TRUE', '#N/A', '2026-11-28T00:00:00', 'a\r\nb']]);
  });

  it('stay in their columns if others are empty, hidden or not there at all', async () => {
    const data =
      '<row r="2"><c r="B2" t="inlineStr"><is><t>phone</t></is></c><c r="AA2" t="inlineStr"><is><t>name</t></is></c></row>' +
      '<row r="3"/><row r="7" hidden="1"><c r="B7"><v>4255550123</v></c></row>';
    const before = '<cols><col min="2" max="2" hidden="1"/></cols>';
    const found = await rowsOf(xlsx({ sheets: [{ name: 'Sheet1', data, before }] }));
    expect(found).toEqual([
      { line: 2, cells: ['', 'phone', ...Array(24).fill(''), 'name'] },
      { line: 7, cells: ['', '4255550123'] },
    ]);
    expect(await cellsOf([['a', EMPTY, 'c'], [EMPTY, EMPTY], ['d']])).toEqual([['a', '', 'c'], ['d']]);
  });

  it('are found under a prefix, and without references', async () => {
    const data = '<row><c t="inlineStr"><is><t>phone</t></is></c></row><row><c><v>4255550123</v></c></row>';
    const sheets = [{ name: 'Sheet1', data }];
    for (const prefix of ['x', undefined]) {
      expect(await rowsOf(xlsx({ sheets, ...(prefix && { prefix }) }))).toEqual([
        { line: 1, cells: ['phone'] },
        { line: 2, cells: ['4255550123'] },
      ]);
    }
  });
});

describe('the sheet of a workbook', () => {
  const sheets: Workbook['sheets'] = [
    { name: 'Lookup', rows: [['hidden']], state: 'hidden' },
    { name: 'Kunden', rows: [['first']] },
    { name: 'Kunden +49 30 123456', rows: [['second']] },
  ];

  it('is the first that is not hidden, or the one with the name, in any case', async () => {
    const named = async (name?: string) => (await rowsOf(xlsx({ sheets }), name))[0]?.cells[0];
    expect(await named()).toBe('first');
    expect(await named('kunden +49 30 123456')).toBe('second');
    expect(await named('Lookup')).toBe('hidden');
  });

  it('is refused if there is none with the name, and the others are named', async () => {
    const refused = rowsOf(xlsx({ sheets }), 'Customers');
    await expect(refused).rejects.toThrow('none with the name Customers; its sheets are Lookup, Kunden, Kunden •••56');
  });
});

it('a workbook is a list: columns are found by name, and rows have the numbers of the sheet', async () => {
  const calling = { countries: '*' as const, kinds: new Set<never>(), own: new Set<string>() };
  const list = new List({ country: 'DE', calling });
  const sheet = [
    ['Name', 'Telefon', 'Zeitzone', 'Straße'],
    ['Zoë Müller', number('3012345678'), 'Europe/Berlin', 'Hauptstraße 1'],
    ['Adam Li', number('1.4E+10'), EMPTY, 'Platz 2'],
    ['Eva Li', '1,4E+10', EMPTY, 'Platz 3'],
  ];
  const bytes = piecesOf(xlsx({ sheets: [{ name: 'Tabelle1', rows: sheet }] }));
  const rows = await allOf(list.rows(bytes, XLSX));
  expect(rows.map((row) => ('contact' in row ? row.contact.identifier.phoneNumber?.value : row.problem))).toEqual([
    '+493012345678',
    expect.stringContaining('was turned into a rounded number'),
    expect.stringContaining('was turned into a rounded number'),
  ]);
  expect(rows.map(({ line }) => line)).toEqual([2, 3, 4]);
  expect(list.ownColumns).toEqual(['Straße']);
});

describe('a workbook that cannot be read', () => {
  const sheets = [{ name: 'Sheet1', rows: [['phone'], [number('4255550123')]] }];
  const withSheet = (xml: string) => xlsx({ sheets, parts: { 'xl/worksheets/sheet1.xml': strToU8(xml) } });

  it.each([
    [
      'a bomb by its ratio',
      withSheet(`<worksheet>${' '.repeat(2_000_000)}</worksheet>`),
      /unpacks to \d{3,} times its size/,
    ],
    ['no archive', Buffer.from('phone\n4255550123\n'), 'it is not an XLSX workbook'],
    [
      'another archive',
      Buffer.from(zipSync({ 'people.csv': strToU8('phone') })),
      'a ZIP archive without an XLSX workbook',
    ],
    ['cut', xlsx({ sheets }).subarray(0, 900), 'damaged or incomplete'],
    ['not XML', withSheet('<worksheet><row></worksheet>'), 'damaged or incomplete'],
    ['entities', withSheet('<!DOCTYPE x [<!ENTITY a "aa">]><worksheet>&a;</worksheet>'), 'a document type'],
    ['an unknown entity', withSheet('<worksheet>&a;</worksheet>'), 'damaged or incomplete'],
    ['deep', withSheet(`<worksheet>${Array.from({ length: 200 }, (_, at) => `<a${at}>`).join('')}`), 'nested deeper'],
    ['empty', Buffer.alloc(0), 'The list is empty'],
    ['without sheets', xlsx({ sheets: [] }), 'no sheet with cells'],
  ])('says why: %s', async (_, bytes, why) => {
    await expect(rowsOf(bytes)).rejects.toThrow(why);
  });

  it('is refused by size before it is unpacked', async () => {
    // As incompressible as a list gets; only the size that the archive states is changed.
    const bytes = xlsx({ sheets });
    const names = [...bytes.toString('latin1').matchAll(/xl\/worksheets\/sheet1\.xml/g)];
    const central = (names.at(-1)?.index ?? 0) - 46;
    bytes.writeUInt32LE(3_000_000, central + 20);
    bytes.writeUInt32LE(250_000_000, central + 24);
    await expect(rowsOf(bytes)).rejects.toThrow('has 250 MB unpacked, at most 200 MB is accepted');
  });

  it('is refused when it unpacks to more than it states', async () => {
    const bytes = withSheet(`<worksheet><sheetData>${'<row/>'.repeat(100_000)}</sheetData></worksheet>`);
    const names = [...bytes.toString('latin1').matchAll(/xl\/worksheets\/sheet1\.xml/g)];
    bytes.writeUInt32LE(1000, (names.at(-1)?.index ?? 0) - 46 + 24);
    await expect(rowsOf(bytes)).rejects.toThrow('damaged or incomplete');
  });

  it('is refused for a cell that no program writes; a row that is too long is rejected', async () => {
    const random = Array.from({ length: 150_000 }, () => Math.random().toString(36)).join('');
    await expect(rowsOf(withSheet(`<worksheet><v>${random}</v></worksheet>`))).rejects.toThrow(
      'a cell of it is longer',
    );
    const rows = [['phone'], ['4'.repeat(9000)], [number('4255550123')]];
    const found = await rowsOf(xlsx({ sheets: [{ name: 'Sheet1', rows }] }));
    expect(found[1]).toEqual({ line: 2, cells: [], problem: 'is longer than 8 KB' });
    expect(found[2]?.cells).toEqual(['4255550123']);
  });
});
