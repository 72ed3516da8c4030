import type { CallbackSender } from '../call-automation/ga/callback-sender.ts';
import type { CallAutomation } from '../call-automation/port.ts';
import type { CallPrices } from '../rules/call-prices.ts';
import type { CallingRules } from '../rules/callable-numbers.ts';
import type { Ids } from '../rules/calls/ids.ts';
import type { LeaseLimits } from '../rules/calls/leases.ts';
import type { NumberLimits } from '../rules/number-limits.ts';
import type { Caller } from '../rules/outages/outage.ts';
import type { SpendLimits } from '../rules/spending.ts';
import type { PoisonQueues } from '../storage/poison-queues.ts';
import type { QueueStore } from '../storage/queue-store.ts';
import type { Stores } from '../storage/stores.ts';
import type { Batches } from './batches.ts';
import type { CallbackUris } from './callback-uris.ts';

/** Dependencies of the workflows: stores, ports, limits and clock. */
export type Services = Stores & {
  readonly ids: Ids;
  readonly queues: QueueStore;
  readonly poison: PoisonQueues;
  readonly calls: CallAutomation;
  readonly callbacks: CallbackUris;
  /** Verifies that a callback comes from our ACS resource. Undefined if the settings do not name the resource. */
  readonly sender?: CallbackSender | undefined;
  readonly settings: {
    readonly callers: readonly Caller[];
    /** Which numbers may be called. */
    readonly numbers: CallingRules;
    /** How often a number may be called. */
    readonly numberLimits: NumberLimits;
    /** What a day may cost. */
    readonly spendLimits: SpendLimits;
    readonly limits: LeaseLimits;
    readonly batches: Batches;
    /** After this many calls in a row that fail for the same reason of our own, their caller number rests. */
    readonly breakerAfter: number;
    /** How many calls a number may start in a second. Undefined: no limit. */
    readonly callsPerSecond?: number | undefined;
    /** For the estimate before an outage is launched. */
    readonly prices?: CallPrices | undefined;
    /** Days after the end of an outage until its people are reduced to counts. */
    readonly retentionDays: number;
    /** Audio may be at a private address: the service reaches those, for it calls us back at one. */
    readonly hasPrivateAudio?: boolean;
  };
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Somebody is due at this time: runs a tick then. A hint that may be lost; the timer's next tick comes anyway. */
  readonly wake: (dueAt: Date) => void;
};

/** How a message or an event was handled. `why` is logged, so it never holds a phone number or a name. */
export type Handled = {
  readonly result: 'done' | 'superseded' | 'postponed' | 'unanswered';
  readonly why: string;
};

export const done = (why: string): Handled => ({ result: 'done', why });
export const superseded = (why: string): Handled => ({ result: 'superseded', why });
export const postponed = (why: string): Handled => ({ result: 'postponed', why });
