import type { TimerFunction } from './bindings.ts';
import type { Invoker } from './invocation.ts';
import { Schedule } from './schedule.ts';
import type { Trigger } from './trigger.ts';

/** The longest wait that `setTimeout` supports, ms. Longer waits are split. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** .NET's zero date, which the Functions host sends if there was no occurrence yet. */
const NEVER = '0001-01-01T00:00:00+00:00';

/**
 * Runs a function on a schedule, never twice at once. (Azure uses a blob lease across instances; one process needs
 * none.) Occurrences missed during a run become one run right after it (platform docs: Timer trigger). The state of the
 * schedule is not kept across restarts, so no run is past due at the start.
 */
export class TimerTrigger implements Trigger {
  readonly #bound: TimerFunction;
  readonly #invoker: Invoker;
  readonly #schedule: Schedule;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #last: Date | undefined;
  /** The last run. The next one waits for it, also one through the admin API. */
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: { bound: TimerFunction; invoker: Invoker }) {
    this.#bound = options.bound;
    this.#invoker = options.invoker;
    this.#schedule = new Schedule(options.bound.schedule);
  }

  async start(): Promise<void> {
    if (this.#bound.runOnStartup) void this.#runThenWait(new Date());
    else this.#wait(this.#schedule.next(new Date()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  runByHand(_input: string): Promise<unknown> {
    const run = this.#running.then(() => this.#run());
    this.#running = run.catch(() => undefined);
    return run;
  }

  /** Sets the timer for an occurrence; a past one is due at once. */
  #wait(due: Date | undefined): void {
    if (this.#stopped || !due) return;
    const left = due.getTime() - Date.now();
    this.#timer = setTimeout(
      () => {
        // Timers may fire a little early, and a long wait is split.
        if (Date.now() < due.getTime()) this.#wait(due);
        else void this.#runThenWait(due);
      },
      Math.min(Math.max(left, 0), LONGEST_WAIT_MS),
    );
  }

  async #runThenWait(due: Date): Promise<void> {
    const began = new Date(Math.max(due.getTime(), Date.now()));
    // The invoker logs a failure. It must not stop the schedule.
    await this.runByHand('').catch(() => undefined);
    this.#wait(this.#schedule.next(began));
  }

  #run(): Promise<unknown> {
    const now = new Date();
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: this.#last ? dateTimeOffset(this.#last) : NEVER,
        LastUpdated: this.#last ? dateTimeOffset(this.#last) : NEVER,
        Next: dateTimeOffset(this.#schedule.next(now) ?? now),
      },
      IsPastDue: false,
    };
    this.#last = now;
    return this.#invoker.invoke(this.#bound, { data: { json: JSON.stringify(info) } });
  }
}

function dateTimeOffset(date: Date): string {
  return date.toISOString().replace('Z', '+00:00');
}
