/** The most rows that are remembered; each takes one or two kilobytes. */
const CAPACITY = 2_000;

/** Hints are given while at least this share of the latest ones was right. */
const ENOUGH = 0.75;
/** How much the latest hint counts in that share. */
const WEIGHT = 1 / 16;

/**
 * The versions of rows that this instance read or wrote last. Only a hint: another instance may have changed a row since,
 * so use it only for a write that checks its ETag, and read the row again if that fails. A right hint saves a request and
 * a wrong one costs one. With many instances the events of a call are spread over them and most hints are wrong; then none
 * is given, until reads show that they would be right again.
 */
export class Hints<Stored extends { readonly etag: string }> {
  readonly #rows = new Map<string, Stored>();
  readonly #writes = new Map<string, Promise<unknown>>();
  #share = 1;

  /** The row as this instance knows it; undefined if it must be read. */
  get(key: string): Stored | undefined {
    const known = this.#share >= ENOUGH ? this.#rows.get(key) : undefined;
    // If it proves wrong, the row is read next, which counts against it.
    if (known) this.#count(true);
    return known;
  }

  /** The row was read: tells whether the hint is right. */
  read(key: string, stored: Stored | undefined): Stored | undefined {
    const known = this.#rows.get(key);
    if (known) this.#count(known.etag === stored?.etag);
    if (stored) return this.wrote(key, stored);
    this.#rows.delete(key);
    return undefined;
  }

  /** The row was written. @param stored with an empty ETag if that is not known. */
  wrote(key: string, stored: Stored): Stored {
    // The map is in order of insertion: the rows that were not used for longest come first.
    this.#rows.delete(key);
    if (stored.etag !== '') this.#rows.set(key, stored);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > CAPACITY && oldest !== undefined) this.#rows.delete(oldest);
    return stored;
  }

  /** Runs a write of the row, so that others can wait for it. */
  async writing<Result>(key: string, write: () => Promise<Result>): Promise<Result> {
    const writing = write();
    this.#writes.set(key, writing);
    try {
      return await writing;
    } finally {
      if (this.#writes.get(key) === writing) this.#writes.delete(key);
    }
  }

  /** Waits for this instance's own write of the row, if one is under way: to race it would cost a conflict. */
  async settled(key: string): Promise<void> {
    await this.#writes.get(key)?.catch(() => undefined);
  }

  #count(isRight: boolean): void {
    this.#share += WEIGHT * (Number(isRight) - this.#share);
  }
}
