import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { management } from '../../local/management.ts';
import { startStack } from '../../local/stack.ts';
import { openBrowser } from './support/browser.ts';

/** Takes docs/phone.png: the phone page while it rings and while it plays the message. `npm run screenshots` */

const PICTURE = fileURLToPath(new URL('../../docs/phone.png', import.meta.url));
const ME = '+14255550123';
const SETTINGS = {
  viewport: { width: 1200, height: 800 },
  reducedMotion: 'reduce',
} as const;

const stack = await startStack({ settings: { CALLER_NUMBERS: '+14255550190' } });
const browser = await openBrowser();
try {
  const page = await browser.newPage({ ...SETTINGS, colorScheme: 'light' });
  await page.goto(`${stack.simulator.url}/phone?number=${encodeURIComponent(ME)}`);
  await page.getByText('Waiting for a call').first().waitFor();

  const { declare, importCsv } = management(stack);
  const message = `${stack.simulator.url}/simulator/audio/message.wav`;
  const { id } = await declare({ title: 'Storm: power out', launch: true, script: { message } });
  await importCsv(id, `phone\n${ME}\n`);
  await page.getByRole('button', { name: 'Answer' }).waitFor();
  const rings = await phoneOf(page);

  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('0:04 of').waitFor();
  await page.keyboard.press('1');
  await page.getByText('1', { exact: true }).first().waitFor();
  const talks = await phoneOf(page);

  const frame = await browser.newPage({ ...SETTINGS, viewport: { width: 760, height: 704 } });
  const images = [rings, talks].map((png) => `<img alt="" width="352" src="data:image/png;base64,${png}">`);
  await frame.setContent(
    `<body style="margin:0;display:flex;align-items:start;justify-content:space-between">${images.join('')}`,
  );
  await frame.locator('body').screenshot({ path: PICTURE, omitBackground: true });
} finally {
  await browser.close();
  await stack.stop();
}

/** A screenshot of the phone alone, on a transparent background: a PNG in base64. */
async function phoneOf(page: Page): Promise<string> {
  await page.evaluate(`{
    document.activeElement.blur();
    document.documentElement.style.background = 'none';
    document.getElementById('phone').style.boxShadow = 'none';
  }`);
  const png = await page.locator('#phone').screenshot({ omitBackground: true });
  return png.toString('base64');
}
