import { createReadStream } from 'node:fs';
import { expect, it } from 'vitest';
import type { Mapping } from '../../src/lib/lists/columns.ts';
import { List } from '../../src/lib/lists/list.ts';

/** Lists as programs export them: headers by their documentation, people and numbers of fiction. */
const fileOf = (name: string): URL => new URL(`../fixtures/lists/${name}`, import.meta.url);

async function read(name: string, country = 'US', mapping: Mapping = {}) {
  const calling = { countries: '*' as const, kinds: new Set<never>(), own: new Set<string>() };
  const list = new List({ country, calling, mapping });
  const rows: string[] = [];
  for await (const row of list.rows(createReadStream(fileOf(name), { highWaterMark: 50 }), 'text/csv')) {
    if ('problem' in row) rows.push(`${row.line}: ${row.problem}`);
    else {
      const { identifier, name, timeZone, language } = row.contact;
      rows.push([identifier.phoneNumber?.value, name, timeZone, language].filter(Boolean).join(', '));
    }
  }
  const taken = Object.fromEntries(list.columns.flatMap(({ column, as }) => (as ? [[as, column]] : [])));
  return { rows, taken, own: list.ownColumns };
}

it('Excel in English: CSV UTF-8', async () => {
  expect(await read('excel-en.csv')).toEqual({
    rows: ['+14255550141, Miller, Zoë, America/Los_Angeles', '+14255550142, Adam Li'],
    taken: { name: 'Full Name', phone: 'Phone Number', timeZone: 'Time Zone' },
    own: ['Account'],
  });
});

it('Excel in German: semicolons and Windows-1252', async () => {
  expect(await read('excel-de.csv', 'DE')).toEqual({
    rows: [
      '+493012345678, Zoë Müller, Europe/Berlin',
      '3: timeZone: MEZ is an abbreviation, which may mean several zones or has no summer time; write a place, e.g. Europe/Berlin',
      '4: phone: was turned into a rounded number by a spreadsheet; format the column as text',
    ],
    taken: { name: 'Name', phone: 'Telefon', timeZone: 'Zeitzone' },
    own: ['Straße'],
  });
});

it('Excel in French: a sep= line', async () => {
  expect(await read('excel-fr.csv', 'FR')).toEqual({
    rows: ['+33612345678, Zoé Lefèvre', '4: phone: has an extension, which cannot be dialled'],
    taken: { firstName: 'Prénom', lastName: 'Nom', phone: 'Téléphone' },
    own: ['Ville'],
  });
});

it('Excel: Unicode text, which is UTF-16 with tabs', async () => {
  expect((await read('excel-unicode-text.txt', 'DE')).rows).toEqual(['+493012345678, Zoë Müller']);
});

it('Google Contacts', async () => {
  const { rows, taken, own } = await read('google-contacts.csv');
  expect(rows).toEqual(['+14255550141, Zoë Miller', '4: phone: has two numbers in one cell']);
  expect(taken).toEqual({ firstName: 'First Name', lastName: 'Last Name', phone: 'Phone 1 - Value' });
  expect(own).toContain('Phone 2 - Value');
});

it('Outlook: the request says which of its phones', async () => {
  await expect(read('outlook.csv')).rejects.toThrow(
    'Home Phone, Business Phone, Mobile Phone, Primary Phone are all taken',
  );
  const { rows, taken } = await read('outlook.csv', 'US', { phone: 'Mobile Phone' });
  expect(rows).toEqual(['+14255550141, Zoë Miller', '4: phone: is empty']);
  expect(taken).toEqual({ firstName: 'First Name', lastName: 'Last Name', phone: 'Mobile Phone' });
});

it('Salesforce: Data Loader', async () => {
  const { rows, taken } = await read('salesforce.csv');
  expect(rows).toEqual(['+14255550141, Zoë Miller', '3: phone: is empty']);
  expect(taken).toMatchObject({ name: 'NAME', phone: 'PHONE' });
  expect((await read('salesforce.csv', 'US', { phone: 'MOBILEPHONE' })).rows).toHaveLength(2);
});

it('HubSpot', async () => {
  expect(await read('hubspot.csv')).toMatchObject({
    rows: ['+14255550141, Zoë Miller, America/Los_Angeles, en', '+14255550142, Adam Li, US/Pacific, es'],
    taken: { phone: 'Phone Number', timeZone: 'Time Zone', language: 'Preferred language' },
  });
});
