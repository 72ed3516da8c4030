import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../src/lib/lists/columns.ts';
import { List, type ListType } from '../../src/lib/lists/list.ts';

/** How a list is read, and in what pieces it arrives. */
type Sent = {
  readonly type?: ListType;
  readonly charset?: string;
  readonly mapping?: Mapping;
  readonly country?: string;
  readonly size?: number;
};

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Each row in one line: its number and name, or what is wrong with it. */
async function read(
  content: string | Uint8Array,
  { type = 'text/csv', size = 7, country = 'US', ...options }: Sent = {},
) {
  const calling = { countries: '*' as const, kinds: new Set<never>(), own: new Set<string>() };
  const list = new List({ country, calling, ...options });
  const rows: string[] = [];
  for await (const row of list.rows(inPieces(Buffer.from(content), size), type)) {
    if ('problem' in row) rows.push(`${row.line}: ${row.problem}`);
    else rows.push([row.contact.identifier.phoneNumber?.value, row.contact.name].filter(Boolean).join(' '));
  }
  return { rows, columns: list.columns, own: list.ownColumns };
}

const rowsOf = async (content: string | Uint8Array, sent?: Sent): Promise<string[]> => (await read(content, sent)).rows;

describe('the header', () => {
  it('is judged once: a short row, a footer and a row without a number are rejected by line', async () => {
    const list = 'name,account,phone\nAda,1001,+14255550211\nBob,1002\nTotal: 3\nDee,1004,+14255550214\n';
    expect(await rowsOf(list)).toEqual([
      '+14255550211 Ada',
      '3: phone: is empty',
      '4: phone: is empty',
      '+14255550214 Dee',
    ]);
  });

  it('may be followed by short rows that name somebody', async () => {
    const { rows, own } = await read('phone,name,floor\n+14255550211\n+14255550212,Bob\n');
    expect(rows).toEqual(['+14255550211', '+14255550212 Bob']);
    expect(own).toEqual(['floor']);
  });

  it('says how many cells a row may have; empty ones at its end do not count', async () => {
    const list = "name,phone,account\nO'Brien, Pat,4255550163,+14255550164,\nAda,+14255550211,1,,\n";
    expect(await rowsOf(list)).toEqual(['2: has 5 cells, the header 3', '+14255550211 Ada']);
  });

  it.each([
    ['name,phone,phone', '?phone=phone'],
    ['name,phone,PHONE', '?phone=phone'],
    ['name,Mobile,Home Phone', '?phone=Mobile'],
    ['phone,timeZone,time_zone', '?timeZone=timeZone'],
  ])('that has one of our columns twice is refused: %s', async (header, hint) => {
    await expect(read(`${header}\nAda,+14255550211,+14255550212\n`)).rejects.toThrow(hint);
  });

  it.each([
    'Phone',
    'PHONE',
    'Phone Number',
    'phone_number',
    'phone-no.',
    'Tel.',
    'Telephone',
    'Mobile',
    'Cell Phone',
    'Telefon',
    'Telefonnummer',
    'Handy',
    'Téléphone',
    'Telephone',
    'N° de téléphone',
    'Teléfono',
    ' "phone" ',
  ])('may call the phone column %s', async (header) => {
    expect(await rowsOf(`${header}\n+14255550211\n`)).toEqual(['+14255550211']);
  });

  it.each(['timezone', 'Time Zone', 'time_zone', 'TIME-ZONE', 'tz', 'Zeitzone', 'Fuseau horaire'])(
    'may call the time zone %s',
    async (header) => {
      const { columns } = await read(`phone,${header}\n+14255550211,Europe/Berlin\n`);
      expect(columns).toEqual([
        { column: 'phone', as: 'phone' },
        { column: header, as: 'timeZone' },
      ]);
    },
  );

  it('takes the plainer name if two are near, and keeps the other column', async () => {
    const { rows, columns } = await read('Phone,Mobile\n+14255550211,+14255550212\n');
    expect(rows).toEqual(['+14255550211']);
    expect(columns).toEqual([{ column: 'Phone', as: 'phone' }, { column: 'Mobile' }]);
  });

  it('keeps own columns apart that have one name or none', async () => {
    const { own } = await read('phone,note,note,\n+14255550211,a,b,c\n');
    expect(own).toEqual(['note', 'note (2)', 'column 4']);
  });

  it.each([
    ['Ada,+14255550218', 'its first row seems to be a person'],
    ['+14255550218\n+14255550219', 'its first row seems to be a person'],
    ['name,city\nAda,Rome', 'its first row names 2 columns: name, city'],
    ['', 'its first row must name the columns'],
  ])('that is missing is said: %j', async (list, problem) => {
    await expect(read(list)).rejects.toThrow(problem);
  });

  it('may be told by the request', async () => {
    const { rows, columns } = await read('Kunde,Handy 1,Handy 2\nAda,+14255550211,+14255550212\n', {
      mapping: { phone: 'handy 2', name: 'Kunde' },
    });
    expect(rows).toEqual(['+14255550212 Ada']);
    expect(columns[1]).toEqual({ column: 'Handy 1' });
  });

  it('that has no column of a name that the request tells is refused', async () => {
    await expect(read('name,phone\n', { mapping: { phone: 'Mobile' } })).rejects.toThrow(
      'phone: there is no column Mobile; its columns are name, phone',
    );
  });

  it('does not make columns of a download of ours into columns of the list', async () => {
    const { own } = await read('rejected line,rejected because,phone,floor\n3,phone: is empty,+14255550211,2\n');
    expect(own).toEqual(['floor']);
  });
});

describe('quotes', () => {
  it('may hold delimiters, line ends and doubled quotes', async () => {
    const list = 'name,phone\r\n"Miller, ""Ann""\r\nBob",+14255550211\r\n"Cy","+14255550212"\r\n';
    expect(await rowsOf(list)).toEqual(['+14255550211 Miller, "Ann"\r\nBob', '+14255550212 Cy']);
  });

  it.each([1, 2, 3, 1_000])(
    'that stray are rejected with their row; the others are kept, in pieces of %i',
    async (size) => {
      const list =
        'name,phone,note\nRobert "Bob" Smith,+14255550139,hi\nAda,+14255550140,6" pipe\nCy,+14255550141,ok\n"Dee" Li,+14255550142,ok\nEve,+14255550143,ok\n';
      expect(await rowsOf(list, { size })).toEqual([
        '2: has a quote (") that is within a cell; it opens in line 2',
        '3: has a quote (") that is within a cell; it opens in line 3',
        '+14255550141 Cy',
        '5: has a quote (") that is within a cell; it opens in line 5',
        '+14255550143 Eve',
      ]);
    },
  );

  it('that are never closed name the line where they open, and lose nobody else', async () => {
    const list = 'name,phone\nAda,+14255550140\n"Bob,+14255550141\nCy,+14255550142\n';
    expect(await rowsOf(list)).toEqual([
      '+14255550140 Ada',
      '3: has a quote (") that is never closed; it opens in line 3',
      '+14255550142 Cy',
    ]);
  });

  it('that are closed by those of a later row are rejected, and lose nobody else', async () => {
    const list = 'name,phone\n"Bob,+14255550141\nCy,+14255550142\n"Dee","+14255550143"\nEve,+14255550144"\n';
    expect(await rowsOf(list)).toEqual([
      '2: has a quote (") that is within a cell; it opens in line 2',
      '+14255550142 Cy',
      '+14255550143 Dee',
      '5: has a quote (") that is within a cell; it opens in line 5',
    ]);
    const swallowed = 'name,phone\n"Bob,+14255550141\nCy,+14255550142"\nDee,+14255550143\n';
    expect(await rowsOf(swallowed)).toEqual([
      '2: has a quote (") that is not closed in its row; it opens in line 2',
      '3: has a quote (") that is within a cell; it opens in line 3',
      '+14255550143 Dee',
    ]);
  });

  it('that stay open for long do not hold up the list', async () => {
    const rows = Array.from({ length: 900 }, (_, index) => `P${index},+1425555${1000 + index}`);
    const read = await rowsOf(['name,phone', '"Ada,+14255550140', ...rows].join('\n'), { size: 4_096 });
    expect(read).toHaveLength(901);
    expect(read[0]).toBe('2: has a quote (") that is never closed; it opens in line 2');
  });
});

describe('rows', () => {
  it.each(['\n', '\r\n', '\r', '\r\r\n'])('may end with %j', async (end) => {
    const list = ['phone,name', '+14255550211,Ada', '', '"+14255550212",Bob', ''].join(end);
    for (const size of [1, 5, 1_000])
      expect(await rowsOf(list, { size })).toEqual(['+14255550211 Ada', '+14255550212 Bob']);
  });

  it.each([',', ';', '\t', '|'])('may be separated by %j', async (delimiter) => {
    const list = `name${delimiter}phone${delimiter}note\nAda${delimiter}+14255550211${delimiter}"a, b; c | d"\n`;
    expect(await rowsOf(list)).toEqual(['+14255550211 Ada']);
  });

  it('find their delimiter by the columns that it gives', async () => {
    expect(await rowsOf('phone;name, first and last;city, country\n+14255550211;Ada;Rome, Italy\n')).toEqual([
      '+14255550211',
    ]);
  });

  it.each(['sep=;', 'SEP=;', '"sep=;"'])('may be separated as the line %s says', async (line) => {
    expect(await rowsOf(`${line}\r\nphone;name\r\n+14255550211;Ada, Li\r\nnone;Bob\r\n`)).toEqual([
      '+14255550211 Ada, Li',
      '4: phone: has letters',
    ]);
  });

  it('without any cell are left out', async () => {
    expect(await rowsOf('phone;name\n+14255550211;Ada\n;\n ; \n;;;\n')).toEqual(['+14255550211 Ada']);
  });

  it('name a time zone that has one meaning', async () => {
    const list = 'name,phone,timeZone\nAda,+447700900151,Europe/London\nBob,+447700900152,BST\n';
    expect(await rowsOf(list)).toEqual([
      '+447700900151 Ada',
      '3: timeZone: BST is an abbreviation, which may mean several zones or has no summer time; write a place, e.g. Europe/London',
    ]);
  });

  it('name a user by the id that ACS gave', async () => {
    expect(await rowsOf('communicationUserId,name\n8:acs:ann,Ann\n1001,Bob\n')).toEqual([
      'Ann',
      '3: communicationUserId: 1001 is not an ACS user id, 8:acs:…',
    ]);
  });

  it('make a name of first and last', async () => {
    expect(await rowsOf('First Name,Last Name,Phone\nAda,Li,+14255550211\n,Bo,+14255550212\n')).toEqual([
      '+14255550211 Ada Li',
      '+14255550212 Bo',
    ]);
  });
});

describe('a file that is no list says what it is:', () => {
  const bytes = (hex: string): Uint8Array => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(100, 7)]);

  it.each([
    ['gzip', bytes('1f8b0800'), 'compressed with gzip'],
    ['XLSX', bytes('504b0304'), 'send an XLSX workbook with the content type'],
    ['XLS', bytes('d0cf11e0a1b11ae1'), 'an old Excel workbook'],
    ['PDF', Buffer.from('%PDF-1.7'), 'a PDF'],
    ['HTML', Buffer.from('\ufeff<html><table>'), 'a web page'],
    ['XML', Buffer.from('<?xml version="1.0"?>'), 'is XML'],
    ['vCard', Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\n'), 'a vCard'],
    ['PNG', bytes('89504e470d0a1a0a'), 'a picture'],
  ])('%s', async (_, content, what) => {
    await expect(read(content, { size: 3 })).rejects.toThrow(what);
    await expect(read(content, { type: 'application/x-ndjson' })).rejects.toThrow(what);
  });

  it('a JSON array', async () => {
    await expect(read('[{"phone":"+14255550211"}]', { type: 'application/x-ndjson' })).rejects.toThrow(
      'NDJSON has one object a line',
    );
  });
});

describe('the encoding', () => {
  const list = (name: string): string => `name,phone\r\n${name},+14255550132\r\n`;
  const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const zoe = ['+14255550132 Zoë Müller – Ops'];

  it.each([1, 2, 3, 1_000])('is UTF-8, in pieces of %i', async (size) => {
    expect(await rowsOf(list('Zoë Müller – Ops'), { size })).toEqual(zoe);
    expect(await rowsOf(`\ufeff${list('Zoë 🚒 Müller')}`, { size })).toEqual(['+14255550132 Zoë 🚒 Müller']);
    expect(await rowsOf(`\ufeff${list('Zoë')}`, { size, charset: 'utf-8' })).toEqual(['+14255550132 Zoë']);
  });

  it.each([1, 64, 1_000])('may be Windows-1252, even if only a late row shows it, in pieces of %i', async (size) => {
    const rows = Array.from({ length: 200 }, (_, index) => `P${index},+1425555${1000 + index}`).join('\r\n');
    const content = latin(`name,phone\r\n${rows}\r\nZo\xeb M\xfcller \x96 Ops,+14255550132\r\n`);
    expect((await rowsOf(content, { size })).at(-1)).toBe(zoe[0]);
  });

  it('is the one that the content type names', async () => {
    expect(await rowsOf(latin(list('Zo\xeb M\xfcller \x96 Ops')), { charset: 'windows-1252' })).toEqual(zoe);
    expect(await rowsOf(latin(list('\xc8\xe2\xe0\xed')), { charset: 'windows-1251' })).toEqual(['+14255550132 Иван']);
    await expect(read(list('Ada'), { charset: 'klingon' })).rejects.toThrow('its charset is not known');
    await expect(read(latin(list('Zo\xeb')), { charset: 'utf-8' })).rejects.toThrow('is not UTF-8; save as CSV UTF-8');
  });

  it.each([1, 5, 1_000])('may be UTF-16, with and without a byte order mark, in pieces of %i', async (size) => {
    const utf16 = Buffer.from(`\ufeff${list('Zoë Müller – Ops')}`, 'utf16le');
    expect(await rowsOf(utf16, { size })).toEqual(zoe);
    expect(await rowsOf(utf16.subarray(2), { size })).toEqual(zoe);
    expect(await rowsOf(Buffer.from(utf16).swap16(), { size })).toEqual(zoe);
  });

  it.each([
    ['Windows-1251', latin(list('\xc8\xe2\xe0\xed'))],
    ['Mac Roman', latin(list('M\x9fller'))],
    ['a mixture', Buffer.concat([Buffer.from(list('Zoë')), latin('Zo\xeb,+14255550133\r\n')])],
  ])('that cannot be told is refused: %s', async (_, content) => {
    await expect(read(content)).rejects.toThrow('is not UTF-8; save as CSV UTF-8');
  });
});
