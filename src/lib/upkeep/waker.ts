import type { IsNeeded, Woken } from './woken-tick.ts';

/** The timer ticks by itself after at most this long, ms. */
const TICK_MS = 10_000;
/** Ticks for people who are due begin at whole seconds, so that many changes at once wake one tick. Ms. */
const STEP_MS = 1_000;
/** The timer has stopped if its last tick is older, ms. */
const OVERDUE_MS = 60_000;
/** How often an instance looks at most whether it has, ms. */
const LOOK_MS = 15_000;

/** What a waker uses. Simulated worlds have their own clock. */
export type Wakening = {
  readonly now: () => Date;
  /** Runs `work` later, or never if the process ends. */
  after(ms: number, work: () => void): void;
  /** Runs `wokenTick`. Reports errors; undefined then. */
  run(isNeeded: IsNeeded): Promise<Woken | undefined>;
};

/**
 * Runs ticks between those of the timer when somebody becomes due, and in its place if it has stopped. Belongs to one
 * instance. Nobody waits for such a tick. If it is lost with its instance, that does no harm: the timer or another look
 * does the same.
 */
export class Waker {
  readonly #by: Wakening;
  /** For each planned tick, the last time at which somebody becomes due before it. */
  readonly #planned = new Map<number, Date>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** A woken tick begins no sooner: with thousands of outages, one takes seconds. */
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(by: Wakening) {
    this.#by = by;
  }

  /** A request, a callback or a message has come: checks whether the timer has stopped. One request in 15 seconds. */
  readonly look = (): void => {
    const now = this.#by.now().getTime();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    void this.#by.run((beganAt) => beganAt === undefined || now - beganAt.getTime() > OVERDUE_MS);
  };

  /**
   * Somebody is due at this time, which may have passed. Runs a tick at the next whole second, unless one has begun since,
   * and no sooner than the last one took to run after its end. Leaves what is more than ten seconds ahead to the timer.
   */
  readonly wake = (dueAt: Date): void => {
    const now = this.#by.now().getTime();
    const second = Math.ceil(Math.max(dueAt.getTime(), now + 1, this.#restsUntil) / STEP_MS) * STEP_MS;
    if (second - now > TICK_MS) return;
    const planned = this.#planned.get(second);
    if (planned === undefined || planned < dueAt) this.#planned.set(second, dueAt);
    if (planned === undefined) this.#by.after(second - now, () => void this.#tick(second));
  };

  async #tick(second: number): Promise<void> {
    const dueAt = this.#planned.get(second) ?? new Date(second);
    this.#planned.delete(second);
    const began = this.#by.now().getTime();
    const woken = await this.#by.run((beganAt) => beganAt === undefined || beganAt < dueAt);
    const now = this.#by.now().getTime();
    if (woken === 'ran') this.#restsUntil = now + (now - began);
    // The other tick may have passed by the one who is due.
    if (woken === 'busy') this.wake(dueAt);
  }
}
