import type { TimerFunction } from './bindings.ts';
import type { Invoker } from './invocation.ts';
import { Schedule } from './schedule.ts';
import type { Trigger } from './trigger.ts';

/** The longest wait `setTimeout` can keep; longer ones are waited for in parts. */
const longestWaitMs = 2 ** 31 - 1;

/** .NET's zero date: what the host sends for an occurrence that never was. */
const never = '0001-01-01T00:00:00+00:00';

/**
 * Runs a function on a schedule.
 *
 * Never twice at once in this process (Azure holds a blob lease across instances; one process needs none). Occurrences
 * missed during a run become one run right after it (platform docs: Timer trigger). The schedule's state is not kept from
 * start to start, so nothing is past due at start.
 */
export class TimerTrigger implements Trigger {
  readonly #bound: TimerFunction;
  readonly #invoker: Invoker;
  readonly #schedule: Schedule;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #last: Date | undefined;
  /** Runs are chained, those by hand too. */
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

  /** Arms the timer for an occurrence; one that is already over is due at once. */
  #wait(due: Date | undefined): void {
    if (this.#stopped || !due) return;
    const left = due.getTime() - Date.now();
    this.#timer = setTimeout(
      () => {
        // Timers may fire a little early, and a wait longer than setTimeout's has parts.
        if (Date.now() < due.getTime()) this.#wait(due);
        else void this.#runThenWait(due);
      },
      Math.min(Math.max(left, 0), longestWaitMs),
    );
  }

  async #runThenWait(due: Date): Promise<void> {
    const began = new Date(Math.max(due.getTime(), Date.now()));
    // A failure is logged by the invoker, and never stops the schedule.
    await this.runByHand('').catch(() => undefined);
    this.#wait(this.#schedule.next(began));
  }

  #run(): Promise<unknown> {
    const now = new Date();
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: this.#last ? dateTimeOffset(this.#last) : never,
        LastUpdated: this.#last ? dateTimeOffset(this.#last) : never,
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
