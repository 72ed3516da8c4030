import type { Browser, Download, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Stack } from '../../../local/stack.ts';

type How = NonNullable<Parameters<Browser['newPage']>[0]>;

/**
 * A person who uses the dashboard, in a page of their own. `leaves` fails if the page contacted another host than the
 * app, violated its Content-Security-Policy or logged an error.
 */
export class Desk {
  readonly page: Page;
  readonly #url: string;
  readonly #problems: string[] = [];
  #expected: RegExp | undefined;

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on('pageerror', ({ message }) => this.#complain(message));
    page.on('console', (message) => message.type() === 'error' && this.#complain(message.text()));
    page.on('request', (request) => {
      const address = request.url();
      if (!address.startsWith(`${url}/api/`) && !address.startsWith('blob:')) this.#complain(`contacts ${address}`);
    });
  }

  /** Opens the dashboard, which shows the sign-in form. */
  static async open(browser: Browser, { url }: Stack, how: How = {}): Promise<Desk> {
    // A context of its own, so that a test can open more tabs.
    const context = await browser.newContext({ reducedMotion: 'reduce', ...how });
    const desk = new Desk(await context.newPage(), url);
    await desk.goTo('');
    return desk;
  }

  /** Opens the dashboard, signs in and goes to the hash. */
  static async signedIn(browser: Browser, stack: Stack, hash = '', how: How = {}): Promise<Desk> {
    const desk = await Desk.open(browser, stack, how);
    await desk.signIn(stack.functionKey);
    await desk.heading('Outages').waitFor();
    if (hash) await desk.goTo(hash);
    return desk;
  }

  async goTo(hash: string): Promise<void> {
    await this.page.goto(`${this.#url}/api/dashboard${hash && `#/${hash}`}`);
  }

  async signIn(key: string): Promise<void> {
    await this.page.getByLabel('Function key').fill(key);
    await this.button('Sign in').click();
  }

  /** Allows matching errors. The browser logs every failed request; the test causes these on purpose. */
  expects(complaint: RegExp): this {
    this.#expected = complaint;
    return this;
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Waits until the page shows this state of the outage, for example `Running`. */
  async state(word: string): Promise<void> {
    await this.page.locator('main .title').getByText(word, { exact: true }).waitFor();
  }

  /** Presses a button and confirms its dialog. */
  async confirms(action: string, go: string, fill: (dialog: Locator) => Promise<void> = async () => {}): Promise<void> {
    await this.button(action).click();
    await fill(this.dialog);
    await this.dialog.getByRole('button', { name: go, exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Chooses a list, which the page checks. */
  async chooses(name: string, list: string | Buffer): Promise<void> {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(list) };
    await this.page.getByLabel(/^Add people/).setInputFiles(file);
  }

  /** Asserts that the button that does nothing has the focus. */
  async closesByDefault(): Promise<void> {
    expect(await this.page.evaluate('document.activeElement.innerText')).toBe('Not now');
  }

  async downloads(button: string): Promise<Download> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.button(button).click()]);
    return download;
  }

  async leaves(): Promise<void> {
    await this.page.context().close();
    expect(this.#problems).toEqual([]);
  }

  #complain(problem: string): void {
    if (!this.#expected?.test(problem)) this.#problems.push(problem);
  }
}
