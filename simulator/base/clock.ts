/**
 * Simulated time. Whatever people, telephones and audio take is divided by `speed`; what belongs to the
 * application under test (how long it takes to answer a callback, say) is never sped up.
 */
export class Clock {
  readonly speed: number;
  readonly #groups = new Set<Timers>();

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Timers for one thing that lives for a while: a ringing telephone, a person, a call leg. */
  timers(): Timers {
    const group = new Timers(this.speed, () => this.#groups.delete(group));
    this.#groups.add(group);
    return group;
  }

  /** Ends every timer there is. */
  stop(): void {
    for (const group of [...this.#groups]) group.end();
  }
}

/** The timers of one thing, ended together with it. After `end` nothing that was asked for happens any more. */
export class Timers {
  readonly #speed: number;
  readonly #running = new Set<NodeJS.Timeout>();
  readonly #forget: () => void;
  #ended = false;

  constructor(speed: number, forget: () => void) {
    this.#speed = speed;
    this.#forget = forget;
  }

  /** Acts after so many simulated seconds and, on top, so many real milliseconds. */
  after(seconds: number, act: () => void, realMs = 0): void {
    if (this.#ended) return;
    const timer = setTimeout(
      () => {
        this.#running.delete(timer);
        act();
      },
      (seconds * 1000) / this.#speed + realMs,
    );
    this.#running.add(timer);
  }

  /** The same to be awaited. It stays pending for ever once the group has ended: whoever waited has gone, too. */
  sleep(seconds: number, realMs = 0): Promise<void> {
    return new Promise((resolve) => this.after(seconds, resolve, realMs));
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
    this.#forget();
  }
}

/** The real time, as records show it. */
export const timestamp = (): string => new Date().toISOString();
