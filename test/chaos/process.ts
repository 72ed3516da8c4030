import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

/** What all parts of a world share. */
export type Ground = {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly trace: Trace;
};

/** What goes wrong with a request: the error that the app gets, and whether the request still has its effect. */
export type Trouble = {
  readonly isDone: boolean;
  readonly error: Error;
  /** How long nothing is answered before that, ms. */
  readonly afterMs?: number;
};

/** A request of the app to the outside: a table, a queue or the service. */
export type Request<Answer> = {
  readonly what: () => string;
  readonly effect: () => Answer | Promise<Answer>;
  readonly trouble?: Trouble | undefined;
};

const USUAL_MS = [1, 40] as const;
const SLOW_MS = [500, 8_000] as const;

/** How often a request arrives that was in flight when its process died. */
const ARRIVES_ALL_THE_SAME = 0.5;

/** An instance of the app. What runs in it shares its memory, and ends when it dies. */
export class AppProcess {
  readonly name: string;
  readonly #ground: Ground;
  readonly #mourn: () => void;
  #isAlive = true;

  /** @param mourn called when it dies. */
  constructor(name: string, ground: Ground, mourn: () => void) {
    this.name = name;
    this.#ground = ground;
    this.#mourn = mourn;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  die(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#ground.trace.add(this.#ground.clock.now, this.name, () => 'DIES');
    this.#mourn();
  }
}

/**
 * One run of a workflow in a process. At each request other runs get their turn, a fault may occur, and the process may
 * die: then the promise of the request never settles, and the workflow is abandoned.
 */
export class Invocation {
  readonly name: string;
  readonly process: AppProcess;
  /** Ms since the epoch. */
  readonly beganAt: number;
  /** Undefined while it runs, and if its process died. */
  result: 'succeeded' | 'failed' | undefined;
  readonly #ground: Ground;
  /** Called for each request. */
  readonly #count: (request: 'table' | 'queue' | 'service') => void;

  constructor(
    name: string,
    process: AppProcess,
    ground: Ground,
    count: (request: 'table' | 'queue' | 'service') => void = () => undefined,
  ) {
    this.name = name;
    this.process = process;
    this.beganAt = ground.clock.now;
    this.#ground = ground;
    this.#count = count;
  }

  note(what: () => string): void {
    this.#ground.trace.add(this.#ground.clock.now, this.name, what);
  }

  /** Waits `ms`; never resolves if the process dies. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#ground.clock.after(ms, () => {
        if (this.process.isAlive) resolve();
      });
    });
  }

  ask<Answer>(to: 'table' | 'queue' | 'service', request: Request<Answer>): Promise<Answer> {
    const { clock, random } = this.#ground;
    this.#count(to);
    return new Promise((resolve, reject) => {
      clock.after(this.#latency(), async () => {
        if (!this.process.isAlive && !random.chance(ARRIVES_ALL_THE_SAME)) return;
        const answer = await this.#carryOut(request);
        if (!answer || !this.process.isAlive) return;
        clock.after(this.#latency() + (request.trouble?.afterMs ?? 0), () => {
          if (!this.process.isAlive) return;
          if ('error' in answer) reject(answer.error);
          else resolve(answer.value);
        });
      });
    });
  }

  /** Carries out the request. Returns undefined if the process died before it and nothing else went wrong. */
  async #carryOut<Answer>(request: Request<Answer>): Promise<{ value: Answer } | { error: unknown } | undefined> {
    const { faults, random } = this.#ground;
    const dies = this.process.isAlive && faults.strikes('death') ? random.pick(['before', 'after']) : undefined;
    const { trouble } = request;
    if (dies === 'before' || (trouble && !trouble.isDone)) {
      this.note(() => `${request.what()} → ${dies ? 'never sent' : String(trouble?.error.message)}`);
      if (dies) this.process.die();
      return trouble && { error: trouble.error };
    }
    const answer = await answerOf(request.effect);
    const told = trouble ? { error: trouble.error } : answer;
    this.note(() => `${request.what()} → ${inWords(answer)}${trouble ? `, but: ${trouble.error.message}` : ''}`);
    if (dies) this.process.die();
    return told;
  }

  #latency(): number {
    const { faults, random } = this.#ground;
    const [min, max] = faults.strikes('slow') ? SLOW_MS : USUAL_MS;
    return random.int(min, max);
  }
}

async function answerOf<Answer>(
  effect: () => Answer | Promise<Answer>,
): Promise<{ value: Answer } | { error: unknown }> {
  try {
    return { value: await effect() };
  } catch (error) {
    return { error };
  }
}

function inWords(answer: { value: unknown } | { error: unknown }): string {
  if ('error' in answer) return answer.error instanceof Error ? answer.error.message : String(answer.error);
  if (answer.value === undefined || answer.value === null) return 'nothing';
  if (Array.isArray(answer.value)) return `${answer.value.length} of them`;
  return 'ok';
}
