import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Callee } from '../integration/support/callee.ts';
import { eventually } from '../integration/support/eventually.ts';
import { Town } from '../integration/support/town.ts';
import { accessibilityProblems, describeInBrowser, openBrowser, smallTargets } from './support/browser.ts';
import { Desk } from './support/desk.ts';

/** The dashboard works with poor eyesight, on a small screen, without a mouse and after a lost connection. */

describeInBrowser('the dashboard’s page', () => {
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

  async function open(hash = '', how: Parameters<typeof Desk.signedIn>[3] = {}): Promise<Desk> {
    const desk = await Desk.signedIn(browser, town.stack, hash, how);
    desks.push(desk);
    return desk;
  }

  type Storm = { readonly id: string; readonly ada: Callee };

  /** One recipient has acknowledged, one declined, and one stays in a call for a minute. */
  async function storm(): Promise<Storm> {
    const ada = town.callee().answers().hears('message').presses('1').hears('thanks');
    const patient = town.callee().answers().stays();
    const { id } = await town.declare([ada, town.callee().declines(), patient], {
      title: 'Storm: power out in the northern hills, from Wenatchee-Entiat-Leavenworth to the county line',
      script: { keyWaitSeconds: 60, replays: 9 },
    });
    await town.tick();
    await town.hears(patient, 'message');
    await eventually(async () => expect((await town.view(id)).states).toMatchObject({ calling: 1, done: 2 }));
    return { id, ada };
  }

  /** Opens each view and waits until its content is complete. */
  const VIEWS: Readonly<Record<string, (desk: Desk, storm: Storm) => Promise<void>>> = {
    outages: (desk) =>
      desk
        .link(/^Storm/)
        .first()
        .waitFor(),
    'one outage': async (desk, { id }) => {
      await desk.goTo(`outages/${id}`);
      await desk.page.getByText('In a call', { exact: true }).waitFor();
      await desk.page.getByRole('img', { name: /^2 calls have ended/ }).waitFor();
    },
    'a list to assign columns': async (desk) => {
      await desk.chooses('people.csv', 'Kontakt,Erreichbar unter\nAda,+14255550123\n');
      await desk.page.getByText('No column looks like phone numbers').waitFor();
    },
    'the check of a list': async (desk, { ada }) => {
      await desk.page.getByLabel('Erreichbar unter: used as').selectOption('Phone number');
      await desk.button('Add 1 person').waitFor();
      await desk.button('Choose another file').click();
      const rows = ['12,Ada', `${ada.identity},Ada`, '(425) 555-0124,Bob', '4255550124,Bob'];
      await desk.chooses('people.csv', ['phone,name', ...rows].join('\n'));
      await desk.page.getByRole('region', { name: 'Rejected rows' }).waitFor();
    },
    'a question before people are called': async (desk) => {
      await desk.page.getByLabel(/^Replace it/).check();
      await desk.button('Replace the list with 2 people').click();
      await desk.dialog.waitFor();
      await desk.closesByDefault();
    },
    'one outage again': async (desk) => {
      await desk.page.keyboard.press('Escape');
      await desk.link(/^← Storm/).click();
      await desk.page.getByText('In a call', { exact: true }).waitFor();
    },
    'a question': async (desk) => {
      await desk.button('Change').click();
      await desk.dialog.getByLabel('Message', { exact: true }).fill('A text, which needs a voice.');
      await desk.dialog.getByLabel('Voice').waitFor();
    },
    'a timeline': async (desk) => {
      await desk.page.keyboard.press('Escape');
      await desk.page.getByRole('button', { name: / Acknowledged / }).click();
      await desk.dialog.getByText('key 1').waitFor();
    },
    people: async (desk, { id, ada }) => {
      await desk.goTo(`outages/${id}/recipients`);
      await desk.page.getByText(ada.identity, { exact: true }).waitFor();
    },
    'a person': async (desk) => {
      await desk.button('Add a person').click();
      await desk.dialog.getByLabel('Number').fill('12');
      await desk.dialog.getByRole('button', { name: 'Add' }).click();
      await desk.dialog.getByText('Number is an emergency or short number').waitFor();
    },
    declaring: async (desk) => {
      await desk.goTo('declare');
      await desk.page.getByText('More', { exact: true }).click();
      await desk.page.getByLabel('Message', { exact: true }).fill('The power is out.');
    },
    'opt-outs': async (desk) => {
      await desk.goTo('opt-outs');
      await desk.page.getByLabel('Phone number').fill('+14255550123');
      await desk.button('Look up').click();
      await desk.page.getByText('has not opted out').waitFor();
    },
    'the question for the key': async (desk) => {
      await desk.button('Sign out').click();
      await desk.button('Sign in').click();
      await desk.page.getByText('Enter the key.').waitFor();
    },
  };

  it.each([
    ['light', 1280],
    ['light', 360],
    ['dark', 1280],
    ['dark', 360],
  ] as const)(
    'has no accessibility problems and fits the screen: %s, %i pixels wide',
    async (colorScheme, width) => {
      const desk = (await open('', { colorScheme, viewport: { width, height: 740 } })).expects(/status of 40[04]/);
      const problems: string[] = [];
      const there = await storm();
      for (const [view, goThere] of Object.entries(VIEWS)) {
        await goThere(desk, there);
        for (const problem of await accessibilityProblems(desk.page)) problems.push(`${view}: ${problem}`);
        const wide = await desk.page.evaluate('document.documentElement.scrollWidth');
        if (wide !== width) problems.push(`${view} is ${wide} pixels wide`);
        if (width < 480) for (const small of await smallTargets(desk.page)) problems.push(`${view}: ${small}`);
      }
      expect(problems).toEqual([]);
    },
    120_000,
  );

  it('reports a lost connection, keeps its data and reconnects by itself', async () => {
    const { id } = await storm();
    const desk = (await open(`outages/${id}`)).expects(/ERR_INTERNET_DISCONNECTED/);
    const { page } = desk;
    await page.getByText('2 of 3 people have an outcome').waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^No connection since \d\d:\d\d:\d\d\./).waitFor();
    await page.getByText('2 of 3 people have an outcome').waitFor();
    await desk.button('Pause').click();
    await desk.dialog.getByRole('button', { name: 'Pause' }).click();
    await desk.dialog.getByText('The app cannot be reached.').waitFor();
    await page.keyboard.press('Escape');
    const asked = page.waitForResponse(/\/api\/outages\/[^/]+$/);
    await page.context().setOffline(false);
    expect((await asked).status()).toBe(200);
    await page.getByText(/^No connection/).waitFor({ state: 'detached' });
    await desk.state('Running');
  }, 60_000);

  it('lets people declare an outage and dismiss a dialog with the keyboard alone', async () => {
    const desk = await open();
    const { page } = desk;
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText');
    const tabTo = async (name: string): Promise<void> => {
      for (let tabs = 0; (await focused()) !== name; tabs++) {
        if (tabs > 40) throw new Error(`The focus never reaches ${name}`);
        await page.keyboard.press('Tab');
      }
    };
    await tabTo('Declare an outage');
    await page.keyboard.press('Enter');
    await page.getByLabel('What it is about').waitFor();
    await tabTo('What it is about');
    await page.keyboard.type('Declared by keyboard');
    await tabTo('Message');
    await page.keyboard.type(town.audio('message'));
    await tabTo('Declare');
    await page.keyboard.press('Enter');
    await desk.heading('Declared by keyboard').waitFor();

    await desk.goTo(`outages/${(await storm()).id}`);
    await desk.button('Cancel').waitFor();
    await tabTo('Cancel');
    await page.keyboard.press('Enter');
    await desk.dialog.waitFor();
    for (let tabs = 0; tabs < 8; tabs++) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
        ),
      ).toBe(true);
    }
    // A closed dialog loses its role but stays on the page for a moment. Wait, or the next key press would go to it.
    const gone = (): Promise<void> => page.locator('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await gone();
    expect(await focused()).toBe('Cancel');
    // The button inside the dialog restores the focus too.
    await page.keyboard.press('Enter');
    await desk.dialog.waitFor();
    await tabTo('Not now');
    await page.keyboard.press('Enter');
    await gone();
    expect(await focused()).toBe('Cancel');
    await desk.state('Running');
  }, 60_000);
});
