import { z } from 'zod';
import { KnownCallEvent } from '../../src/lib/call-automation/events.ts';
import { chances } from '../base/random.ts';
import { GA_EVENT_TYPES } from './posted-events.ts';

/** Failures on purpose. All are off by default. Each is set by rate, or for the next N times. */

/** The names of the operations: nine that both APIs have, or the 2021 API alone, and four of today's API only. */
export const OperationName = z.enum([
  'createCall',
  'hangUp',
  'playAudio',
  'cancelMediaProcessing',
  'inviteParticipants',
  'removeParticipant',
  'joinCall',
  'inviteToConversation',
  'removeFromConversation',
  'leaveCall',
  'getCall',
  'listen',
  'stopListening',
]);
const EventType = z.enum([...KnownCallEvent.options.map((option) => option.shape.type.value), ...GA_EVENT_TYPES]);

const when = {
  /** How often, from 0 to 1, drawn by the seed. */
  rate: z.number().min(0).max(1).optional(),
  /** The next N times. GET shows how many are left. */
  next: z.int().nonnegative().optional(),
};
const saysWhen = ({ rate, next }: { rate?: number | undefined; next?: number | undefined }): boolean =>
  rate !== undefined || next !== undefined;
const NEITHER = 'needs rate or next';

/** `only` limits the fault to these event types. */
const Callback = z.strictObject({ ...when, only: z.array(EventType).optional() });
/** `only` limits the fault to these operations. */
const Request = z.strictObject({ ...when, only: z.array(OperationName).optional() });

export const Faults = z.strictObject({
  /** Posted this much later, and so are all events behind it on the same leg. */
  delayed: Callback.extend({ ms: z.number().nonnegative() }).refine(saysWhen, NEITHER).optional(),
  /** Posted twice. */
  doubled: Callback.refine(saysWhen, NEITHER).optional(),
  /** Posted after the next event of the same leg. */
  reordered: Callback.refine(saysWhen, NEITHER).optional(),
  /** Never posted. */
  dropped: Callback.refine(saysWhen, NEITHER).optional(),
  /** Answered with 429 and Retry-After, not executed. */
  throttled: Request.extend({ retryAfterSeconds: z.int().nonnegative().default(1) })
    .refine(saysWhen, NEITHER)
    .optional(),
  /** Answered with 500, not executed. */
  failed: Request.refine(saysWhen, NEITHER).optional(),
  /** Executed, then the connection is cut without an answer. */
  answerLost: Request.refine(saysWhen, NEITHER).optional(),
});
export type Faults = z.input<typeof Faults>;
export type FaultKind = keyof Faults;

export class FaultBox {
  #faults: z.output<typeof Faults> = {};
  readonly #draw: () => number;

  constructor(seed: number | string) {
    this.#draw = chances(`${seed}|faults`);
  }

  /** Replaces all faults. */
  set(faults: z.output<typeof Faults>): void {
    this.#faults = structuredClone(faults);
  }

  get(): z.output<typeof Faults> {
    return structuredClone(this.#faults);
  }

  /**
   * Decides whether a fault applies this time. Returns the fault if it does.
   * @param names all names of the operation or event type
   */
  strikes<Kind extends FaultKind>(kind: Kind, ...names: readonly string[]): z.output<typeof Faults>[Kind] {
    const fault = this.#faults[kind];
    if (!fault || (fault.only && !fault.only.some((named) => names.includes(named)))) return undefined;
    if (fault.next) {
      fault.next--;
      return fault;
    }
    return fault.rate && this.#draw() < fault.rate ? fault : undefined;
  }
}
