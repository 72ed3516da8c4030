import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Callee } from '../integration/support/callee.ts';
import { eventually } from '../integration/support/eventually.ts';
import { type Declared, type Outage, Town } from '../integration/support/town.ts';
import { describeInBrowser, openBrowser } from './support/browser.ts';
import { Desk } from './support/desk.ts';

/** How people bring a list into an outage: they see what it would do, say which column is which, and correct people. */

describeInBrowser('the dashboard’s lists', () => {
  let browser: Browser;
  let town: Town;
  const desks: Desk[] = [];
  beforeAll(async () => {
    [browser, town] = await Promise.all([openBrowser(), Town.found()]);
  });
  afterEach(async () => {
    for (const desk of desks.splice(0)) await desk.leaves();
  });
  afterAll(async () => {
    await Promise.all([browser.close(), town.close()]);
  });

  const LATER: Declared = { startAt: '2030-01-01T00:00:00.000Z' };

  async function opened(people: Parameters<Town['declare']>[0], declared: Declared = LATER) {
    const outage = await town.declare(people, declared);
    const desk = await Desk.signedIn(browser, town.stack, `outages/${outage.id}`);
    desks.push(desk);
    return { desk, page: desk.page, outage };
  }

  async function optOut({ identity: phone }: Callee): Promise<void> {
    const { url, functionKey } = town.stack;
    const headers = { 'x-functions-key': functionKey, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/opt-outs`, { method: 'POST', headers, body: JSON.stringify({ phone }) });
    expect(answer.ok).toBe(true);
  }

  const recipientsOf = async ({ id }: Outage): Promise<number> => (await town.view(id)).recipients;

  it('shows what a list would do, and stores nothing until the button is pressed', async () => {
    const ada = town.callee();
    const optedOut = town.callee();
    const bob = town.callee().identity;
    await optOut(optedOut);
    const quietHours = { from: '21:00', to: '08:00', timeZone: 'America/New_York' };
    const { desk, page, outage } = await opened([ada], { ...LATER, quietHours });
    const rows = [
      `Ada,${ada.identity},1,`,
      `Bob,${bob},,Europe/London`,
      `Cy,${optedOut.identity},,`,
      'Di,+19005550123,,',
      `Ada again,${ada.identity},,`,
    ];
    await desk.chooses('people.csv', ['name,phone,floor,tz', ...rows].join('\n'));
    await page.getByText('2 people would be added').waitFor();
    for (const said of [
      '1 is on the list already',
      '1 has opted out and is not called',
      '1 row names somebody again',
    ]) {
      await page.getByRole('listitem').filter({ hasText: said }).waitFor();
    }
    await page.getByRole('row', { name: /^5 phone: is a premium-rate number/ }).waitFor();
    await page.getByRole('row', { name: '6 line 2' }).waitFor();
    await page.getByText('2 people have none. Their quiet hours would be those of America/New_York.').waitFor();
    await page.getByRole('region', { name: 'Time zones' }).getByText('Europe/London').waitFor();
    await page.getByRole('region', { name: 'Countries' }).getByText('United States').waitFor();
    await page.getByRole('row', { name: `3 ${bob} Bob Europe/London` }).waitFor();
    const rejected = await readFile(await (await desk.downloads('Download rejected.csv')).path(), 'utf8');
    expect(rejected).toMatch(
      /^\ufeff"rejected line","rejected because","name","phone","floor","tz"\r?\n"5","phone: is a premium/,
    );
    expect(await recipientsOf(outage)).toBe(1);

    await desk.button('Add 2 people').click();
    await page.getByText('2 people added; 1 was there already, 1 twice in the file, 1 row was rejected.').waitFor();
    // The same rows, kept with the outage.
    await desk.goTo(`outages/${outage.id}/recipients`);
    const kept = await readFile(await (await desk.downloads('Download rejected.csv')).path(), 'utf8');
    expect(kept).toBe(rejected);
    expect(await recipientsOf(outage)).toBe(3);
  }, 60_000);

  it('lets people say which column is which, and remembers it without anything of the list', async () => {
    const { desk, page, outage } = await opened([]);
    const list = (name: string): string =>
      `Kontakt,Erreichbar unter,Haus\n${name},${town.callee().identity.replace('+1', '')},12\n`;
    await desk.chooses('Kontakte.csv', list('Ada'));
    await page.getByText('No column looks like phone numbers.').waitFor();
    await page.getByLabel('Erreichbar unter: used as').selectOption('Phone number');
    await desk.button('Add 1 person').waitFor();
    await page.getByLabel('Kontakt: used as').selectOption('Name');
    await page.getByRole('row', { name: /Ada.*Haus: 12$/ }).waitFor();
    await desk.button('Add 1 person').click();
    await page.getByText('1 person added.').waitFor();
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).toMatch(
      /^\{"ringdown-columns-[0-9a-f]{24}":"name,phone,"\}$/,
    );

    await desk.button('Add another file').click();
    await desk.chooses('Kontakte.csv', list('Bob'));
    await desk.button('Add 1 person').waitFor();
    expect(await page.getByLabel('Kontakt: used as').inputValue()).toBe('name');
    await page.getByLabel('Kontakt: used as').selectOption('Keep as it is');
    await page.getByRole('row', { name: /Kontakt: Bob · Haus: 12$/ }).waitFor();
    await desk.button('Add 1 person').click();
    await page.getByText('1 person added.').waitFor();
    await desk.goTo(`outages/${outage.id}/recipients`);
    await page.getByRole('cell', { name: 'Ada', exact: true }).waitFor();
    expect(await page.getByRole('cell', { name: 'Bob' }).count()).toBe(0);
  }, 60_000);

  it('replaces a list after a question, and says what becomes of the others', async () => {
    const [stays, goes] = [town.callee(), town.callee()];
    const { desk, page, outage } = await opened([stays, goes]);
    await desk.chooses('people.csv', `phone\n${stays.identity}\n${town.callee().identity}\n`);
    await page.getByLabel(/^Replace it/).check();
    await desk.button('Replace the list with 2 people').click();
    await desk.dialog.getByText('1 person on the list is not in the file.').waitFor();
    await desk.dialog.getByText(/^Those who were not called yet are taken off/).waitFor();
    await desk.closesByDefault();
    await desk.dialog.getByRole('button', { name: 'Not now' }).click();
    expect(await recipientsOf(outage)).toBe(2);
    await desk.confirms('Replace the list with 2 people', 'Replace the list with 2 people');
    await page.getByText('1 person added; 1 taken off, 1 was there already.').waitFor();
    await desk.link('Show the outage').click();
    await page.getByText('0 of 2 people have an outcome').waitFor();
  }, 60_000);

  it('asks before a list makes telephones ring', async () => {
    const acknowledges = () => town.callee().answers().hears('message').presses('1').hears('thanks');
    const { desk, page } = await opened([acknowledges()], {});
    await town.tick();
    await desk.state('Finished');
    await desk.chooses('people.csv', `phone\n${acknowledges().identity}\n`);
    await desk.button('Add 1 person').click();
    await desk.dialog
      .getByText('The outage is finished. It starts again, and this person is called at once.')
      .waitFor();
    await desk.dialog.getByRole('button', { name: 'Add 1 person' }).click();
    await page.getByText('1 person added.').waitFor();
    await desk.link('Show the outage').click();
    await town.tick();
    await page.getByText('2 of 2 people have an outcome').waitFor();
  }, 60_000);

  it('checks a long list in parts, and explains what cannot be sent', async () => {
    const { desk, page } = await opened([]);
    desk.expects(/status of 400/);
    await desk.chooses('book.xlsx', Buffer.alloc(8_000_001));
    await page.getByText('book.xlsx is larger than 8 MB. Save it as CSV UTF-8').waitFor();
    await desk.button('Choose another file').click();
    await desk.chooses('people.pdf.csv', '%PDF-1.4');
    await page.getByText('it is a PDF; export the list from its source as CSV').waitFor();
    await desk.button('Choose another file').click();

    const note = 'x'.repeat(7_900);
    const rows = Array.from({ length: 1_100 }, (_, index) => `+1206555${String(1000 + index)},${note}`);
    await desk.chooses('long.csv', ['phone,note', ...rows, '12,short', ''].join('\n'));
    await desk.button('Add up to 1,100 people').waitFor();
    await page.getByText('The file is larger than 8 MB and was checked in parts.').waitFor();
    await page.getByRole('row', { name: /^1,102 phone: / }).waitFor();
    const csv = await readFile(await (await desk.downloads('Download rejected.csv')).path(), 'utf8');
    expect(csv.split('\n')[1]).toMatch(/^"1102",/);
    await desk.button('Add up to 1,100 people').click();
    await page.getByText('1,100 people added; 1 row was rejected.').waitFor();
  }, 120_000);

  it('adds, corrects and takes off one person, and shows what is refused at its field', async () => {
    const { desk, page, outage } = await opened([town.callee()]);
    desk.expects(/status of 40[09]/);
    const ada = town.callee();
    await desk.goTo(`outages/${outage.id}/recipients`);
    await desk.button('Add a person').click();
    const { dialog } = desk;
    expect(await page.evaluate('document.activeElement.name')).toBe('phone');
    await dialog.getByLabel('Number').fill('call me');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('Number has letters.').waitFor();
    await dialog.getByLabel('Number').fill(ada.identity);
    await dialog.getByLabel('Name').fill('Ada');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Ada was added.').waitFor();

    await desk.button('Correct Ada').click();
    await dialog.getByLabel('Name').fill('Ada Alvarez');
    await dialog.getByLabel('Time zone').fill('BST');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(/^Time zone BST is an abbreviation/).waitFor();
    await dialog.getByLabel('Time zone').fill('Europe/London');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Ada Alvarez was corrected.').waitFor();

    const other = town.callee();
    await desk.button('Correct Ada Alvarez').click();
    expect(await dialog.getByLabel('Number').inputValue()).toBe(ada.identity);
    await dialog.getByLabel('Number').fill('+1 900 555 0123');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(/^Number is a premium-rate number/).waitFor();
    await dialog.getByLabel('Number').fill(other.identity);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: `Ada Alvarez ${other.identity}` }).waitFor();
    expect(await page.getByText(ada.identity).count()).toBe(0);

    await desk.button('Correct Ada Alvarez').click();
    expect(await dialog.getByLabel('Time zone').inputValue()).toBe('Europe/London');
    await dialog.getByRole('button', { name: 'Take off the list' }).click();
    await dialog.last().getByText('This outage will not call them.').waitFor();
    await desk.closesByDefault();
    await dialog.last().getByRole('button', { name: 'Take off', exact: true }).click();
    await page.getByText('Ada Alvarez was taken off the list.').waitFor();
    await eventually(async () => expect(await recipientsOf(outage)).toBe(1));
  }, 60_000);

  it('does not offer to take off people who were called', async () => {
    const ada = town.callee().answers().hears('message').presses('1').hears('thanks');
    const { desk, outage } = await opened([ada], {});
    await town.tick();
    await desk.state('Finished');
    await desk.goTo(`outages/${outage.id}/recipients`);
    await desk.button(`Correct ${ada.identity}`).click();
    await desk.dialog.getByText('Was called, and stays on the list').waitFor();
    expect(await desk.dialog.getByRole('button', { name: 'Take off the list' }).count()).toBe(0);
  }, 60_000);
});
