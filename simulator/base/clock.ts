/**
 * Simulated time. `speed` divides all times of people, telephones and audio. Times of the application under test,
 * for example how long it takes to answer a callback, stay real.
 */
export class Clock {
  readonly speed: number;
  readonly #groups = new Set<Timers>();

  constructor(speed: number) {
    this.speed = speed;
  }

  /** Timers for one thing with a lifetime: a ringing telephone, a person, a call leg. */
  timers(): Timers {
    const group = new Timers(this.speed, () => this.#groups.delete(group));
    this.#groups.add(group);
    return group;
  }

  /** Ends all timers. */
  stop(): void {
    for (const group of [...this.#groups]) group.end();
  }
}

/** The timers of one thing. They end together with it: after `end`, no timer fires. */
export class Timers {
  readonly #speed: number;
  readonly #running = new Set<NodeJS.Timeout>();
  readonly #forget: () => void;
  #ended = false;

  constructor(speed: number, forget: () => void) {
    this.#speed = speed;
    this.#forget = forget;
  }

  /** Calls `act` after `seconds` simulated seconds plus `realMs` real milliseconds. */
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

  /** The same as a promise. It never settles if the group ends first, because its owner has ended too. */
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

/** The current real time, as records show it. */
export const timestamp = (): string => new Date().toISOString();
