import { z } from 'zod';
import { chances } from './random.ts';

/** Things that go wrong on purpose. All off until asked for, by rate or for the next so many times. */

const when = {
  /** How often, 0 to 1; drawn from the seed. */
  rate: z.number().min(0).max(1).optional(),
  /** The next so many times for certain. Counted down in what GET shows. */
  next: z.int().nonnegative().optional(),
  /** Only these operations (createCall, playAudio …) or, for callbacks, event types (CallLegStateChanged …). */
  only: z.array(z.string().min(1)).optional(),
};
const Fault = z.strictObject(when);

export const Faults = z.strictObject({
  /** Callbacks: posted this much later, and with them all that come behind them on their leg. */
  delayed: z.strictObject({ ...when, ms: z.number().nonnegative() }).optional(),
  /** Callbacks: posted twice. */
  doubled: Fault.optional(),
  /** Callbacks: posted after the next one of their leg. */
  reordered: Fault.optional(),
  /** Callbacks: never posted. */
  dropped: Fault.optional(),
  /** Requests: 429 with Retry-After, not executed. */
  throttled: z.strictObject({ ...when, retryAfterSeconds: z.int().nonnegative().default(1) }).optional(),
  /** Requests: 500, not executed. */
  failed: Fault.optional(),
  /** Requests: executed, then the connection is cut instead of an answer. */
  answerLost: Fault.optional(),
});
export type Faults = z.input<typeof Faults>;
export type FaultKind = keyof Faults;

export class FaultBox {
  #faults: z.output<typeof Faults> = {};
  readonly #draw: () => number;

  constructor(seed: number | string) {
    this.#draw = chances(`${seed}|faults`);
  }

  /** What is wrong from now on; what is not named is right again. */
  set(faults: z.output<typeof Faults>): void {
    this.#faults = structuredClone(faults);
  }

  get(): z.output<typeof Faults> {
    return structuredClone(this.#faults);
  }

  /** Gives the fault where it strikes this time: an operation or an event type, by its name. */
  strikes<Kind extends FaultKind>(kind: Kind, name: string): z.output<typeof Faults>[Kind] {
    const fault = this.#faults[kind];
    if (!fault || (fault.only && !fault.only.includes(name))) return undefined;
    if (fault.next) {
      fault.next--;
      return fault;
    }
    return fault.rate && this.#draw() < fault.rate ? fault : undefined;
  }
}
