import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { PEOPLE } from '../../local/demo-scene.ts';
import { management } from '../../local/management.ts';
import { startStack } from '../../local/stack.ts';
import { openBrowser } from './support/browser.ts';
import { Desk } from './support/desk.ts';

/** Takes the dashboard's screenshots in docs/: an outage with 200 people, halfway through. `npm run screenshots` */

const PEOPLE_COUNT = 200;
const PICTURES: Readonly<Record<string, Parameters<Browser['newPage']>[0]>> = {
  dashboard: { colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  'dashboard-dark': { colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  'dashboard-phone': { colorScheme: 'light', viewport: { width: 390, height: 844 } },
};

const NAMES = ['Ada', 'Bruno', 'Chidi', 'Dora', 'Emil', 'Farah', 'Goran', 'Hana', 'Ivo', 'Jun', 'Kofi', 'Lena', 'Mia'];
const FAMILIES = ['Alvarez', 'Berg', 'Costa', 'Dietz', 'Eze', 'Fischer', 'Ghosh', 'Haas', 'Ito', 'Jansen', 'Kaya'];
const rows = Array.from({ length: PEOPLE_COUNT }, (_, index) => {
  const name = `${NAMES[index % NAMES.length]} ${FAMILIES[index % FAMILIES.length]}`;
  return `${name},+1${501 + Math.floor(index / 100)}55501${String(index % 100).padStart(2, '0')}`;
});

const CALLERS = ['+14255550170', '+14255550171', '+14255550172'].map((number) => ({ number, lines: 4 }));
const stack = await startStack({
  settings: { CALLER_NUMBERS: CALLERS.map(({ number, lines }) => `${number}:${lines}`).join() },
  simulator: { speed: 3, people: PEOPLE },
});
const browser = await openBrowser();
try {
  const { declare, importCsv, view } = management(stack);
  const audio = `${stack.simulator.url}/simulator/audio`;
  const { id } = await declare({
    title: 'Storm: power out in the northern hills',
    launch: true,
    estimate: 'about half past five',
    retry: { maxAttempts: 2, delaySeconds: { busy: 20, noAnswer: 30, failed: 20, unknown: 20 } },
    script: { message: `${audio}/message.wav`, thanks: `${audio}/thanks.wav`, replays: 0, keyWaitSeconds: 2 },
  });
  await importCsv(id, ['name,phone', ...rows].join('\n'));
  const desks = await Promise.all(
    Object.entries(PICTURES).map(async ([name, how]) => ({
      name,
      desk: await Desk.signedIn(browser, stack, `outages/${id}`, how),
    })),
  );
  for (let done = 0; done < PEOPLE_COUNT * 0.6; done = (await view(id)).states.done) {
    await desks[0]?.desk.page.waitForResponse(/\/api\/outages\/[^/]+$/);
  }
  for (const { name, desk } of desks) {
    await desk.page.screenshot({ path: fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url)) });
    await desk.leaves();
  }
} finally {
  await browser.close();
  await stack.stop();
}
