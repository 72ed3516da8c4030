const minimumMs = 100;

/**
 * How long to wait between polls of an empty queue.
 *
 * Platform docs: Queue storage trigger, polling algorithm. 100 ms, then 100 ms + (0.8–1.2)·2^(n−1)·100 ms, up to
 * `maxPollingInterval`; a message that was found starts it anew.
 */
export class PollingBackoff {
  readonly #maximumMs: number;
  readonly #random: () => number;
  #empty = 0;
  #current = minimumMs;

  constructor(maximumMs: number, random: () => number = Math.random) {
    this.#maximumMs = maximumMs;
    this.#random = random;
  }

  /** Messages were found: the next empty poll waits little again. */
  reset(): void {
    this.#empty = 0;
    this.#current = minimumMs;
  }

  /** The wait after one more empty (or failed) poll, in milliseconds. */
  next(): number {
    // Once at the maximum it stays there; the exponent need not grow for ever.
    if (this.#current >= this.#maximumMs) return this.#current;
    const growth = this.#empty === 0 ? 0 : (0.8 + 0.4 * this.#random()) * 2 ** (this.#empty - 1) * minimumMs;
    this.#empty += 1;
    this.#current = Math.min(minimumMs + growth, this.#maximumMs);
    return this.#current;
  }
}
