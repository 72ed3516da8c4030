import { z } from 'zod';
import { KnownCallEvent } from '../../src/lib/call-automation/events.ts';
import { chances } from '../base/random.ts';
import { GA_EVENT_TYPES } from './posted-events.ts';

/** Things that go wrong on purpose. All off until asked for, by rate or for the next so many times. */

/** The nine operations, by the names they have here in either API, and what only today's API has besides. */
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
  /** How often, 0 to 1; drawn from the seed. */
  rate: z.number().min(0).max(1).optional(),
  /** The next so many times for certain. Counted down in what GET shows. */
  next: z.int().nonnegative().optional(),
};
const saysWhen = ({ rate, next }: { rate?: number | undefined; next?: number | undefined }): boolean =>
  rate !== undefined || next !== undefined;
const NEITHER = 'needs rate or next';

/** `only`: just these event types. */
const Callback = z.strictObject({ ...when, only: z.array(EventType).optional() });
/** `only`: just these operations. */
const Request = z.strictObject({ ...when, only: z.array(OperationName).optional() });

export const Faults = z.strictObject({
  /** Posted this much later, and with them all that come behind them on their leg. */
  delayed: Callback.extend({ ms: z.number().nonnegative() }).refine(saysWhen, NEITHER).optional(),
  /** Posted twice. */
  doubled: Callback.refine(saysWhen, NEITHER).optional(),
  /** Posted after the next one of their leg. */
  reordered: Callback.refine(saysWhen, NEITHER).optional(),
  /** Never posted. */
  dropped: Callback.refine(saysWhen, NEITHER).optional(),
  /** Answered 429 with Retry-After, not executed. */
  throttled: Request.extend({ retryAfterSeconds: z.int().nonnegative().default(1) })
    .refine(saysWhen, NEITHER)
    .optional(),
  /** Answered 500, not executed. */
  failed: Request.refine(saysWhen, NEITHER).optional(),
  /** Executed, then the connection is cut instead of an answer. */
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

  /** What is wrong from now on; what is not named is right again. */
  set(faults: z.output<typeof Faults>): void {
    this.#faults = structuredClone(faults);
  }

  get(): z.output<typeof Faults> {
    return structuredClone(this.#faults);
  }

  /** Gives the fault where it strikes this time: an operation or an event type, by any of its names. */
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
