import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../integration/support/eventually.ts';
import { Town } from '../integration/support/town.ts';
import { accessibilityProblems, describeInBrowser, openBrowser } from './support/browser.ts';
import { Desk } from './support/desk.ts';

/** Limits on calls, as the people at the desk see them. */

describeInBrowser('the dashboard', () => {
  let browser: Browser;
  let town: Town;
  beforeAll(async () => {
    [browser, town] = await Promise.all([openBrowser(), Town.found({ settings: { NUMBER_DELAY_SECONDS: '3600' } })]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), town.close()]);
  });

  it('asks twice before an emergency is declared, and shows whom a limit holds back', async () => {
    const ada = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
    const storm = await town.declare([ada]);
    await storm.run();

    const desk = await Desk.signedIn(browser, town.stack, 'declare');
    const { page } = desk;
    const declared = async () => (await page.getByRole('heading', { name: 'Declare an outage' }).count()) === 0;
    await page.getByLabel('What it is about').fill('Wildfire');
    await page.getByLabel('Message', { exact: true }).fill(town.audio('message'));
    // The form suggests the night; the test runs at any time of the day.
    for (const end of ['From', 'To']) await page.getByLabel(end, { exact: true }).fill('');
    await page.getByLabel(/Emergency: lives/).check();
    await desk.button('Declare').click();
    await desk.heading('Declare an emergency?').waitFor();
    await desk.closesByDefault();
    expect(await accessibilityProblems(page)).toEqual([]);
    await desk.button('It is an emergency').click();
    await desk.heading('Are lives at stake?').waitFor();
    await desk.button('Not now').click();
    await desk.dialog.waitFor({ state: 'detached' });
    expect(await declared()).toBe(false);

    await desk.button('Declare').click();
    await desk.button('It is an emergency').click();
    await desk.heading('Are lives at stake?').waitFor();
    await desk.button('Declare the emergency').click();
    await desk.heading('Wildfire').waitFor();
    await page.getByText(/^Emergency: past the daily limits/).waitFor();

    await desk.chooses('people.csv', `phone,name\n${ada.identity},Ada`);
    await desk.button('Add 1 person').click();
    await desk.link('Show the outage').click();
    await desk.button('Call 1 person now').click();
    await eventually(async () => {
      await town.tick();
      expect(await page.getByText('1 person: their number was called a moment ago').count()).toBe(1);
    });
    expect(await accessibilityProblems(page)).toEqual([]);
    await desk.link(/^The list$/).click();
    await page.getByText(/held back until .*: their number was called a moment ago/).waitFor();
    expect(town.callsTo(ada)).toHaveLength(1);
    await page.getByRole('navigation').getByRole('link', { name: 'Outages' }).click();
    await desk.link(/Wildfire\s*Emergency/).waitFor();
    await desk.leaves();
  }, 60_000);
});
