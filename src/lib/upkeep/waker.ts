/** The timer has stopped if its last tick is older, ms. */
const OVERDUE_MS = 60_000;
/** How often an instance looks at most whether it has, ms. */
const LOOK_MS = 15_000;

/** What a waker uses. Simulated worlds have their own clock. */
export type Wakening = {
  readonly now: () => Date;
  /** Runs `wokenTick` without waiting for it. Errors are reported, not thrown. */
  run(isNeeded: (beganAt: Date | undefined) => boolean): void;
};

/**
 * Runs ticks in place of a timer that has stopped. Belongs to one instance. Nobody waits for such a tick. If it is lost
 * with its instance, that does no harm: the next look runs another.
 */
export class Waker {
  readonly #by: Wakening;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(by: Wakening) {
    this.#by = by;
  }

  /** A request, a callback or a message has come: checks whether the timer has stopped. One request in 15 seconds. */
  readonly look = (): void => {
    const now = this.#by.now().getTime();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    this.#by.run((beganAt) => beganAt === undefined || now - beganAt.getTime() > OVERDUE_MS);
  };
}
