import { afterAll, beforeAll, expect, test } from 'vitest';
import { PhonePage } from '../fixtures/phone-page.ts';
import { Town } from './support/town.ts';

/** The app calls a person at the simulator's phone page. */

let town: Town;
beforeAll(async () => {
  town = await Town.found({ simulator: { pageRingMs: 3_000 } });
});
afterAll(async () => {
  town.nothingElseRang();
  await town.close();
});

test('a person who answers at the page and presses 1 during the message hears the thanks and has acknowledged', async () => {
  const me = town.callee().hears('message').hears('thanks');
  const page = await PhonePage.open(town.stack.simulator.url, me.identity);
  const outage = await town.declare([me], { title: 'Storm: power out' });
  await town.tick();
  // A Teams resource account shows no title.
  expect(await page.rings()).toMatchObject(town.api === 'tpe' ? {} : { subject: 'Storm: power out' });
  await page.answers();
  const message = await page.hears(1);
  await page.presses('1');
  // The message is cut short, and the thanks follow.
  const thanks = await page.hearsOtherThan(message);
  await page.hasHeard(thanks.id);
  expect((await page.isQuiet()).past).toMatchObject([{ ending: 'callerHungUp', pressed: '1' }]);
  await outage.ended();
  await outage.expectOutcome(me, 'acknowledged');
  await page.close();
});

test('a person who declines has the outcome declined', async () => {
  const me = town.callee();
  const page = await PhonePage.open(town.stack.simulator.url, me.identity);
  const outage = await town.declare([me]);
  await town.tick();
  await page.rings();
  await page.declines();
  await outage.ended();
  await outage.expectOutcome(me, 'declined');
  await page.close();
});

test('a person who lets it ring has the outcome noAnswer', async () => {
  const me = town.callee();
  const page = await PhonePage.open(town.stack.simulator.url, me.identity);
  const outage = await town.declare([me], { retry: { maxAttempts: 1, delaySeconds: {} } });
  await outage.run();
  await outage.expectOutcome(me, 'noAnswer');
  expect(page.view.past).toMatchObject([{ ending: 'missed' }]);
  await page.close();
});
