const MINIMUM_MS = 100;

/**
 * Decides how long to wait between polls of an empty queue: 100 ms, then 100 ms + (0.8–1.2)·2^(n−1)·100 ms, up to
 * `maxPollingInterval`. Starts again when a message is found (platform docs: Queue storage trigger, polling algorithm).
 */
export class PollingBackoff {
  readonly #maximumMs: number;
  readonly #random: () => number;
  #empty = 0;
  #current = MINIMUM_MS;

  constructor(maximumMs: number, random: () => number = Math.random) {
    this.#maximumMs = maximumMs;
    this.#random = random;
  }

  /** Call when messages were found. */
  reset(): void {
    this.#empty = 0;
    this.#current = MINIMUM_MS;
  }

  /** The wait after another empty or failed poll, ms. */
  next(): number {
    // Stop at the maximum, so that the exponent does not grow for ever.
    if (this.#current >= this.#maximumMs) return this.#current;
    const growth = this.#empty === 0 ? 0 : (0.8 + 0.4 * this.#random()) * 2 ** (this.#empty - 1) * MINIMUM_MS;
    this.#empty += 1;
    this.#current = Math.min(MINIMUM_MS + growth, this.#maximumMs);
    return this.#current;
  }
}
