import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Callee } from '../integration/support/callee.ts';
import { eventually } from '../integration/support/eventually.ts';
import { type Declared, type Outage, Town } from '../integration/support/town.ts';
import { describeInBrowser, openBrowser } from './support/browser.ts';
import { Desk } from './support/desk.ts';

/** What people do in the dashboard, with a real browser, the app, its storage and a simulated telephone service. */

describeInBrowser('the dashboard', () => {
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

  const acknowledges = (): Callee => town.callee().answers().hears('message').presses('1').hears('thanks');

  /** Opens the dashboard at a hash. `expected` matches the browser errors that the test causes. */
  async function open(hash = '', expected?: RegExp): Promise<Desk> {
    const desk = await Desk.signedIn(browser, town.stack, hash);
    desks.push(desk);
    return expected ? desk.expects(expected) : desk;
  }

  /** Declares an outage for these people and opens it. */
  async function opened(people: readonly Callee[], declared: Declared = {}): Promise<{ desk: Desk; outage: Outage }> {
    const outage = await town.declare(people, declared);
    return { desk: await open(`outages/${outage.id}`), outage };
  }

  const ONE_LINE = (): Declared => ({ callers: [{ number: town.callerNumber(), lines: 1 }] });

  const isInCall = (callee: Callee): boolean => town.callsTo(callee).at(-1)?.state === 'Established';

  it('refuses a wrong key, keeps the right one in open tabs only, and forgets it in all of them on sign-out', async () => {
    const desk = await open('', /status of 401/);
    const { page } = desk;
    await desk.button('Sign out').click();
    await desk.button('Sign in').click();
    await page.getByText('Enter the key.').waitFor();
    await desk.signIn('not the key');
    await page.getByText('The key is not valid.').waitFor();
    await desk.signIn(town.stack.functionKey);
    await desk.heading('Outages').waitFor();
    const [other] = await Promise.all([page.waitForEvent('popup'), page.evaluate('void window.open(location.href)')]);
    await other.getByRole('heading', { name: 'Outages', exact: true }).waitFor();
    await page.reload();
    await desk.heading('Outages').waitFor();
    expect(await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie]')).toEqual([0, 0, '']);
    await desk.button('Sign out').click();
    await page.getByLabel('Function key').waitFor();
    await other.getByLabel('Function key').waitFor();
    await other.close();
    await desk.signIn(town.stack.functionKey);
    await desk.heading('Outages').waitFor();
    await page.reload();
    await page.getByLabel('Function key').waitFor();
  });

  it('declares an outage, uploads its list, shows the rejected rows and follows the outage to its end', async () => {
    const patient = town.callee().answers().stays();
    const people = [acknowledges(), town.callee().declines(), patient];
    const desk = await open('', /status of 400/);
    const { page } = desk;
    await desk.link('Declare an outage').click();
    await page.getByLabel('What it is about').fill('Storm: power out');
    await page.getByLabel('Message', { exact: true }).fill(town.audio('message'));
    await page.getByLabel('Thanks', { exact: true }).fill(town.audio('thanks'));
    // The form suggests the night; the test runs at any time of the day.
    for (const end of ['From', 'To']) await page.getByLabel(end, { exact: true }).fill('');
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Message played again').fill('9');
    await page.getByLabel('Calls to one person, at most').fill('1');
    await page.getByLabel('Our numbers').fill('12');
    await desk.button('Declare').click();
    await page.getByText(/callers\.0\.number/).waitFor();

    const number = town.callerNumber();
    await page.getByLabel('Our numbers').fill(`${number}:2`);
    await desk.button('Declare').click();
    await desk.heading('Storm: power out').waitFor();
    await desk.state('Draft');
    await page.getByText('Nobody is on the list yet. Add people, then review and launch.').waitFor();

    const rows = [...people.map(({ identity }, index) => `${identity},Person ${index + 1}`), '12,Too short', ',Nobody'];
    await desk.chooses('people.csv', ['phone,name', ...rows, rows[0]].join('\n'));
    await page.getByText('Nobody is called before you launch the outage.').waitFor();
    await desk.button('Add 3 people').click();
    await page.getByText('3 people added; 1 twice in the file, 2 rows were rejected.').waitFor();
    const rejected = page.getByRole('region', { name: 'Rejected rows' }).getByRole('row');
    expect(await rejected.allInnerTexts()).toEqual([
      expect.stringContaining('Line'),
      expect.stringMatching(/^5\s+\S/),
      expect.stringMatching(/^6\s+\S/),
    ]);

    await desk.link('Show the outage').click();
    await page.getByText('3 people will be called').waitFor();
    await page.getByText('2 rows were not usable').waitFor();
    await page.getByText('No quiet hours: people are called at any time of the day').waitFor();
    await page.getByText(`2 calls at once, from ${number}`).waitFor();
    await town.tick();
    for (const person of people) expect(town.callsTo(person)).toEqual([]);
    await desk.button('Call 3 people now').click();
    await town.tick();
    await desk.state('Running');
    await page.getByText('2 of 3 people have an outcome').waitFor();
    await page.getByText('1 of 2 lines', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Person 3 In a call/ }).waitFor();
    town.press(patient, '1');
    await page.getByText('3 of 3 people have an outcome').waitFor();
    await desk.state('Finished');
    await page.getByRole('img', { name: /^2 acknowledged, 1 declined\. 0 being called, 0 waiting\.$/ }).waitFor();
    await page.getByRole('img', { name: '3 calls have ended, 2 of them were answered.' }).waitFor();
    await page.getByRole('button', { name: /^Person 2 Declined/ }).waitFor();
    await page.getByText('everybody has an outcome').waitFor();
    for (const action of ['Pause', 'Cancel', 'Change']) expect(await desk.button(action).count()).toBe(0);

    await page.getByRole('navigation').getByRole('link', { name: 'Outages' }).click();
    await desk.link(/Storm: power out.*Finished/).waitFor();
  }, 60_000);

  it('starts no calls between pause and resume', async () => {
    const people = [0, 1, 2].map(() => town.callee().answers().stays());
    const { desk, outage } = await opened(people, { ...ONE_LINE(), script: { keyWaitSeconds: 60 } });
    await town.tick();
    await desk.state('Running');
    await desk.page.getByText('In a call').waitFor();
    await desk.page.getByText('1 of 1 lines').waitFor();
    // The safe answer has the focus.
    await desk.button('Pause').click();
    await desk.page.keyboard.press('Enter');
    await desk.state('Paused');
    // Nobody has been told yet.
    expect(await desk.button('All-clear').count()).toBe(0);
    await desk.page.getByText('paused: nobody new is called').waitFor();
    const inCall = people.find(isInCall);
    if (inCall) town.press(inCall, '1');
    await desk.page.getByText('1 of 3 people has an outcome').waitFor();
    await desk.page.getByText('0 of 1 lines').waitFor();
    await town.tick();
    expect((await town.view(outage.id)).states).toEqual({ waiting: 2, calling: 0, done: 1 });
    await desk.confirms('Resume', 'Resume', async (dialog) => {
      await dialog.getByText('Calling continues: 2 are waiting.').waitFor();
    });
    await town.tick();
    await eventually(async () => {
      for (const callee of people) if (isInCall(callee)) town.press(callee, '1');
      expect(await desk.page.locator('main').innerText()).toContain('3 of 3 people have an outcome');
    });
  }, 60_000);

  it('cancels an outage, hangs up its calls and never calls the people who are waiting', async () => {
    const people = [0, 1, 2].map(() => town.callee().answers().stays());
    const { desk } = await opened(people, { ...ONE_LINE(), script: { keyWaitSeconds: 60 } });
    await town.tick();
    await desk.page.getByText('In a call').waitFor();
    await desk.confirms('Cancel', 'Cancel the outage', async (dialog) => {
      await dialog.getByText('2 people who are waiting').waitFor();
      await dialog.getByLabel('Hang up the call in progress now').check();
    });
    await eventually(async () => {
      await town.tick();
      expect(await desk.page.locator('main .title').innerText()).toContain('Cancelled');
    });
    await desk.link(/^2 Not called$/).waitFor();
    await desk.page.getByText('3 of 3 people have an outcome').waitFor();
    await desk.page.getByText('No call has ended yet').waitFor({ state: 'detached' });
    expect(people.flatMap((callee) => town.callsTo(callee)).map(({ state }) => state)).toEqual(['Terminated']);
    for (const action of ['Resume', 'All-clear', 'Cancel']) expect(await desk.button(action).count()).toBe(0);
  }, 60_000);

  it('asks to type how many people it concerns before it cancels an outage of more than a hundred', async () => {
    const { desk, outage } = await opened([], { startAt: '2030-01-01T00:00:00.000Z' });
    const numbers = Array.from({ length: 101 }, (_, index) => `+1212555${String(100 + index).padStart(4, '0')}`);
    await town.importCsv(outage.id, ['phone', ...numbers].join('\n'));
    await desk.page.getByText('0 of 101 people have an outcome').waitFor();
    await desk.button('Cancel').click();
    const typed = desk.dialog.getByLabel('Type 101 to confirm');
    expect(await desk.page.evaluate('document.activeElement.id')).toBe('typed');
    await desk.page.keyboard.type('100');
    await desk.page.keyboard.press('Enter');
    expect(await desk.page.evaluate('document.activeElement.validationMessage')).toBe('Type 101');
    expect((await town.view(outage.id)).state).toBe('scheduled');
    await typed.fill('101');
    await desk.page.keyboard.press('Enter');
    await desk.dialog.waitFor({ state: 'detached' });
    expect((await town.view(outage.id)).state).toBe('cancelling');
  }, 60_000);

  it('stops everything with two clicks, and hangs up the calls in progress if asked to', async () => {
    const people = [0, 1].map(() => town.callee().answers().stays());
    const outages = await Promise.all(
      people.map((person) => town.declare([person], { script: { keyWaitSeconds: 60 } })),
    );
    await town.tick();
    await eventually(async () => expect(people.map(isInCall)).toEqual([true, true]));
    const desk = await open();
    await desk.button('Stop everything').click();
    await desk.dialog.getByLabel('Hang up all calls in progress now').check();
    await desk.dialog.getByRole('button', { name: /^Stop all [0-9]+ outages$/ }).click();
    await desk.dialog.waitFor({ state: 'detached' });
    await desk.button('Stop everything').waitFor({ state: 'detached' });
    await town.tick();
    await eventually(async () => expect(people.map(isInCall)).toEqual([false, false]));
    for (const { id } of outages) expect((await town.view(id)).state).toBe('paused');
    expect(people.map((person) => town.callsTo(person).length)).toEqual([1, 1]);
  }, 60_000);

  it('sends the all-clear and links the two outages to each other', async () => {
    const told = acknowledges();
    const { desk, outage } = await opened([told, town.callee().declines()]);
    await town.tick();
    await desk.state('Finished');
    told.answers().hears('unavailable').presses('1').hears('thanks');
    await desk.confirms('All-clear', 'Send the all-clear', async (dialog) => {
      await dialog.getByText('1 person who was told gets one more call').waitFor();
      await dialog.getByLabel('All-clear message').fill(town.audio('unavailable'));
    });
    await town.tick();
    await desk.state('Restored');
    await desk.link('the all-clear').click();
    await desk.heading('All-clear: Power cut').waitFor();
    await town.tick();
    await desk.page.getByText('1 of 1 person has an outcome').waitFor();
    await desk.link('this outage').click();
    await desk.state('Restored');
    expect(new URL(desk.page.url()).hash).toBe(`#/outages/${outage.id}`);
    told.expectHeard();
  }, 60_000);

  it('changes the message and shows the app’s error if it refuses the change', async () => {
    const { desk, outage } = await opened([], { estimate: 'at nine', startAt: '2030-01-01T00:00:00.000Z' });
    desk.expects(/status of 400/);
    await desk.button('Change').click();
    expect(await desk.dialog.getByLabel('Estimate').inputValue()).toBe('at nine');
    await desk.dialog.getByLabel('Message', { exact: true }).fill('The power is out.');
    await desk.dialog.getByLabel('Voice').fill('');
    await desk.dialog.getByRole('button', { name: 'Save' }).click();
    await desk.dialog.getByText(/script\.message/).waitFor();
    await desk.dialog.getByLabel('Message', { exact: true }).fill(town.audio('unavailable'));
    await desk.dialog.getByLabel('Estimate').fill('at ten');
    await desk.dialog.getByRole('button', { name: 'Save' }).click();
    await desk.page.getByText(/estimate: at ten · plays unavailable\.wav$/).waitFor();
    expect(await town.view(outage.id)).toMatchObject({
      estimate: 'at ten',
      script: { message: town.audio('unavailable'), thanks: town.audio('thanks') },
    });
  }, 60_000);

  it('shows the timeline of a call from the latest calls and from the list of people', async () => {
    const ada = acknowledges();
    const { desk, outage } = await opened([ada]);
    await town.tick();
    await desk.page.getByRole('button', { name: new RegExp(`^\\${ada.identity} Acknowledged`) }).click();
    const timeline = desk.dialog.getByRole('listitem');
    await desk.dialog.getByText(/^Acknowledged/).waitFor();
    const steps = (await timeline.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(steps).toEqual(
      expect.arrayContaining([expect.stringContaining('key 1'), expect.stringContaining('play-audio')]),
    );
    expect(steps[0]).toMatch(/^\+0\.00 s /);
    await desk.dialog.getByRole('button', { name: 'Close' }).click();

    await desk.link(/^Everybody on the list/).click();
    await desk.button(`Timeline of call 1 to ${ada.identity}`).click();
    await desk.dialog.getByText(`Call to ${ada.identity}`).waitFor();
    await desk.dialog.getByText(/^Acknowledged/).waitFor();
    await desk.page.keyboard.press('Escape');
    await desk.dialog.waitFor({ state: 'detached' });
    expect(new URL(desk.page.url()).hash).toBe(`#/outages/${outage.id}/recipients`);
  }, 60_000);

  it('filters people by outcome and downloads the report', async () => {
    const ada = acknowledges();
    const bob = town.callee().declines();
    const { desk } = await opened([ada, bob]);
    const { page } = desk;
    await town.tick();
    await desk.state('Finished');
    await desk.link(/^1 Declined$/).click();
    await page.getByRole('cell', { name: bob.identity, exact: true }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByLabel('Outcome').selectOption('Acknowledged');
    await page.getByRole('cell', { name: ada.identity, exact: true }).waitFor();
    expect(await page.getByRole('cell', { name: bob.identity, exact: true }).count()).toBe(0);
    await page.getByLabel('Outcome').selectOption('Busy');
    await page.getByText('Nobody.', { exact: true }).waitFor();
    await page.getByLabel('Outcome').selectOption('Everybody');
    await page.getByRole('cell', { name: bob.identity, exact: true }).waitFor();

    const report = await desk.downloads('Download report.csv');
    expect(report.suggestedFilename()).toBe('report.csv');
    const text = await readFile(await report.path(), 'utf8');
    expect(text).toMatch(/^\ufeff"recipientId","phone",/);
    for (const { identity } of [ada, bob]) expect(text).toContain(identity);
  }, 60_000);

  it('looks up, adds and removes an opt-out, and exports and erases the person', async () => {
    const desk = await open('opt-outs', /status of 40[04]/);
    const { page } = desk;
    const ada = town.callee();
    const lookUp = async (number: string): Promise<void> => {
      await page.getByLabel('Phone number').fill(number);
      await desk.button('Look up').click();
    };
    await lookUp('12');
    await page.getByText('phone: is an emergency or short number').waitFor();
    await lookUp(ada.identity);
    await page.getByText(`${ada.identity} has not opted out.`).waitFor();
    await desk.button('Opt them out').click();
    await page.getByText(`${ada.identity} has opted out, since`).waitFor();
    const kept = await desk.downloads('Download person.json');
    expect(await readFile(await kept.path(), 'utf8')).toContain(ada.identity);
    await desk.button('Erase this person').click();
    await desk.dialog.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByText('The number stays opted out.').waitFor();
    await lookUp(ada.identity.replace('+1', '+1 '));
    await page.getByText(`${ada.identity} has opted out, since`).waitFor();
    await desk.button('Call them again').click();
    await page.getByText('has not opted out.').waitFor();
  });
});
