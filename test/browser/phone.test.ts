import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GaTelephone } from '../fixtures/ga-telephone.ts';
import { type Call, Telephone } from '../fixtures/telephone.ts';
import { Town } from '../integration/support/town.ts';
import { accessibilityProblems, describeInBrowser, openBrowser } from './support/browser.ts';

/** The phone page in a real browser: what people see and do there. */

const ME = '+14255550123';
const PAINTED_AT_THE_EDGE = `(() => {
  const { width } = wave;
  return wave.getContext('2d').getImageData(0, 4, width, 1).data.some(Boolean);
})()`;
type How = Parameters<Browser['newPage']>[0];

describeInBrowser('the phone page', () => {
  let browser: Browser;
  let telephone: Telephone;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  let problems: string[];
  beforeEach(async () => {
    telephone = await Telephone.start({ speed: 50 });
    problems = [];
  });
  afterEach(async () => {
    await telephone.hangUpForGood();
    expect(problems).toEqual([]);
  });

  /** Opens the page. The test fails if the page logs an error or contacts another host than the simulator. */
  async function open(simulatorUrl: string, query = '', how: How = {}): Promise<Page> {
    const page = await browser.newPage(how);
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${simulatorUrl}/`)) problems.push(`contacts ${request.url()}`);
    });
    await page.goto(`${simulatorUrl}/phone${query}`);
    return page;
  }

  /** Opens the page with a number, and calls that number. */
  async function ringing(how: How = {}): Promise<{ page: Page; call: Call }> {
    const page = await open(telephone.simulator.url, `?number=${encodeURIComponent(ME)}`, how);
    await page.getByText('Waiting for a call').first().waitFor();
    const call = await telephone.call(ME);
    await page.getByText('Incoming call', { exact: true }).waitFor();
    return { page, call };
  }

  it('takes a call of the app from the first ring to the thanks after key 1', async () => {
    const town = await Town.found();
    const me = town.callee().hears('message').hears('thanks');
    const page = await open(town.stack.simulator.url);
    await page.getByLabel('Your number').fill(me.identity);
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Waiting for a call').first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    const outage = await town.declare([me], { title: 'Storm: power out' });
    await town.tick();
    await page.getByText('Storm: power out').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    const recording = page.waitForResponse(/\/sounds\//);
    await page.getByRole('button', { name: 'Answer' }).click();
    expect((await recording).headers()['content-type']).toBe('audio/wav');
    await page.getByText('0:01 of 0:10').waitFor();
    // The browser decodes the message and draws its volume. Silence would be a flat line in the middle.
    expect(await page.evaluate(PAINTED_AT_THE_EDGE)).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);

    const heard = page.waitForRequest(/\/heard$/);
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByText(/of 0:01/).waitFor();
    // The thanks play to their end. Then the app hangs up.
    await heard;
    await page.getByText(/^They hung up .* pressed 1$/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await outage.ended();
    await outage.expectOutcome(me, 'acknowledged');
    await page.close();
    await town.close();
  }, 60_000);

  it('answers, presses keys and hangs up with the keyboard', async () => {
    const { page, call } = await ringing();
    await page.keyboard.press('Enter');
    await call.is('Established');
    await page.getByText('Silence').waitFor();
    // Holding Enter down does not hang up.
    await page.keyboard.press('Enter');
    // Holding a key down does not press it twice.
    for (const _ of ['down', 'still down']) await page.keyboard.down('7');
    await page.keyboard.up('7');
    await page.keyboard.press('#');
    await page.keyboard.press('a');
    await page.getByText('7#A', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await call.is('Terminated');
    await page.getByText(/^You hung up .* pressed 7#A$/).waitFor();
    await page.close();
  });

  it('declines a call with Escape and with the button', async () => {
    const { page, call } = await ringing();
    await page.keyboard.press('Escape');
    expect((await call.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 603 } });
    const again = await telephone.call(ME);
    await page.getByRole('button', { name: 'Decline' }).click();
    expect((await again.is('Terminated')).data).toMatchObject({ ResultInfo: { Code: 603 } });
    await page.close();
  });

  it('continues the call after a reload and hangs up when the page closes', async () => {
    const { page, call } = await ringing();
    await page.getByRole('button', { name: 'Answer' }).click();
    await call.is('Established');
    await page.reload();
    await page.getByRole('button', { name: '3', exact: true }).click();
    await call.hears('DtmfReceived');
    await page.close();
    await call.is('Terminated');
  });

  it('shows a text and completes it after its duration if the browser has no voice', async () => {
    const today = await GaTelephone.start();
    const page = await open(today.simulator.url, `?number=${encodeURIComponent(ME)}`);
    await page.getByText('Waiting for a call').first().waitFor();
    const { callConnectionProperties } = await today.client.createCall(
      { targetParticipant: { phoneNumber: ME }, sourceCallIdNumber: { phoneNumber: '+14255550100' } },
      today.callbackUrl,
      { callIntelligenceOptions: { cognitiveServicesEndpoint: 'https://speech.simulator.invalid' } },
    );
    const id = callConnectionProperties.callConnectionId ?? '';
    await page.getByRole('button', { name: 'Answer' }).click();
    await today.hears(id, 'CallConnected');
    const text = 'The power is out.';
    const play = { kind: 'textSource' as const, text, voiceName: 'en-US-JennyNeural' };
    await today.client.getCallConnection(id).getCallMedia().playToAll([play]);
    await page.getByText(text).waitFor();
    await today.hears(id, 'PlayCompleted');
    await page.getByText(text).waitFor({ state: 'hidden' });
    await page.close();
    await today.hangUpForGood();
  });

  it('explains what is wrong with a number and suggests one that no other page uses', async () => {
    const first = await open(telephone.simulator.url);
    await first.getByLabel('Your number').fill('555-0123');
    await first.keyboard.press('Enter');
    await first.getByText('Begin with + and the country code').waitFor();
    expect(await accessibilityProblems(first)).toEqual([]);
    await first.getByLabel('Your number').fill('+1 (425) 555-0123');
    await first.keyboard.press('Enter');
    await first.getByText('Waiting for a call').first().waitFor();
    const second = await open(telephone.simulator.url);
    await expect.poll(() => second.getByLabel('Your number').inputValue()).toMatch(/0124$/);
    await first.getByRole('button', { name: 'Another number' }).click();
    await first.getByLabel('Your number').waitFor();
    for (const page of [first, second]) await page.close();
  });

  it('shows the command that calls its number', async () => {
    telephone.simulator.canBeCalled({ title: 'One call', command: 'call {number} now' });
    const page = await open(telephone.simulator.url, `?number=${encodeURIComponent('+14255550177')}`);
    await page.getByText('call +14255550177 now').waitFor();
    await page.getByRole('button', { name: 'Copy: One call' }).waitFor();
    await page.close();
  });

  it('reconnects when the simulator is back', async () => {
    const page = await browser.newPage();
    await page.goto(`${telephone.simulator.url}/phone?number=${encodeURIComponent(ME)}`);
    await page.getByText('on', { exact: true }).waitFor();
    const port = Number(new URL(telephone.simulator.url).port);
    await telephone.hangUpForGood();
    await page.getByText('reconnecting to the simulator').waitFor();
    telephone = await Telephone.start({ port });
    await page.getByText('on', { exact: true }).waitFor();
    const call = await telephone.call(ME);
    await page.getByRole('button', { name: 'Answer' }).click();
    await call.is('Established');
    await page.close();
  });

  it.each(['light', 'dark'] as const)('fits a screen 360 pixels wide: %s', async (colorScheme) => {
    const { page, call } = await ringing({ viewport: { width: 360, height: 640 }, colorScheme });
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Answer' }).click();
    await call.is('Established');
    await page.getByText('Silence').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const hangUp = await page.getByRole('button', { name: 'Hang up' }).boundingBox();
    expect((hangUp?.y ?? 0) + (hangUp?.height ?? 0)).toBeLessThanOrEqual(640);
    await page.close();
  });

  it('has no animations if the browser asks for reduced motion', async () => {
    const { page } = await ringing({ reducedMotion: 'reduce' });
    const moving = await open(telephone.simulator.url, `?number=${encodeURIComponent(ME)}`);
    await moving.getByText('Incoming call', { exact: true }).waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    expect(await moving.evaluate('document.getAnimations().length')).toBeGreaterThan(0);
    for (const each of [page, moving]) await each.close();
  });
});
