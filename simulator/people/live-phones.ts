import type { Clock } from '../base/clock.ts';
import { LivePhone, type Page, type PageTimes } from './live-phone.ts';

/** Phone numbers reserved for fiction end in 0100 to 0199. All examples use this one. */
const FIRST_SUGGESTED = 14_255_550_123;

/** The telephones that pages have picked, by number or ACS user id. All others are simulated. */
export class LivePhones {
  readonly #clock: Clock;
  readonly #times: PageTimes;
  readonly #phones = new Map<string, LivePhone>();

  constructor(clock: Clock, times: PageTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  find(identity: string): LivePhone | undefined {
    return this.#phones.get(identity);
  }

  /** A page picks a telephone and shows it. Several pages may pick the same. Returns a function that ends it. */
  pick(identity: string, page: Page): () => void {
    const phone =
      this.#phones.get(identity) ??
      new LivePhone({
        identity,
        clock: this.#clock,
        times: this.#times,
        abandoned: () => this.#phones.delete(identity),
      });
    this.#phones.set(identity, phone);
    return phone.shownBy(page);
  }

  /** A number that no page has. */
  get free(): string {
    let number = FIRST_SUGGESTED;
    while (this.#phones.has(`+${number}`)) number++;
    return `+${number}`;
  }

  close(): void {
    for (const phone of this.#phones.values()) phone.end();
  }
}
