import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the installed Chromium, or undefined if there is none. The environment variable `CHROMIUM` overrides it. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const named = process.env['CHROMIUM'];
  const candidates = [
    ...(named ? [named] : []),
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  return candidates.find(isProgram);
}

/** Starts Chromium without a window. The caller closes it. @throws Error if Chromium is not installed. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not installed. Install it, or set CHROMIUM to its path.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

/** `describe` for tests that need a browser. Without one it skips them and prints one line. */
export function describeInBrowser(name: string, tests: () => void): void {
  const isThere = findChromium() !== undefined;
  if (!isThere) console.error(`${name}: skipped, because Chromium is not installed`);
  describe.skipIf(!isThere)(name, tests);
}

/** The problems that axe-core finds in the page as it is now, each as `rule: selector of the element`. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** Everything to press that is lower than 44 pixels, except links within a sentence. A label is as good as its field. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, select, textarea, summary, a, input:not([type="file"])')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && getComputedStyle(each).display !== 'inline')
    .map((each) => [each, (each.closest('label') ?? each).getBoundingClientRect().height])
    .filter(([, height]) => height < 43.5)
    .map(([each, height]) => each.outerHTML.slice(0, 80) + ' is ' + height + ' pixels high')`);

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
