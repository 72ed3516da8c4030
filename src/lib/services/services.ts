import type { CallbackSender } from '../call-automation/ga/callback-sender.ts';
import type { CallAutomation } from '../call-automation/port.ts';
import type { LeaseLimits } from '../rules/calls/leases.ts';
import type { Caller } from '../rules/outages/outage.ts';
import type { CallLegs } from '../storage/call-legs.ts';
import type { CallRequests } from '../storage/call-requests.ts';
import type { EndedCalls } from '../storage/ended-calls.ts';
import type { Failures } from '../storage/failures.ts';
import type { Lines } from '../storage/lines.ts';
import type { OptOuts } from '../storage/opt-outs.ts';
import type { Outages } from '../storage/outages.ts';
import type { QueueStore } from '../storage/queue-store.ts';
import type { Recipients } from '../storage/recipients.ts';
import type { Tallies } from '../storage/tallies.ts';
import type { CallbackUris } from './callback-uris.ts';

/** What the workflows work with. Made once, in app.ts. */
export type Services = {
  readonly outages: Outages;
  readonly recipients: Recipients;
  readonly tallies: Tallies;
  readonly endedCalls: EndedCalls;
  readonly lines: Lines;
  readonly legs: CallLegs;
  readonly requests: CallRequests;
  readonly optOuts: OptOuts;
  readonly failures: Failures;
  readonly queues: QueueStore;
  readonly calls: CallAutomation;
  readonly callbacks: CallbackUris;
  /** Proves that a callback comes from our ACS resource, where it can be proved. */
  readonly sender?: CallbackSender | undefined;
  readonly settings: {
    readonly callers: readonly Caller[];
    readonly limits: LeaseLimits;
  };
  readonly now: () => Date;
};

/** How a message or an event was dealt with; never with a number or a name in it, for it is logged. */
export type Handled = {
  readonly result: 'done' | 'superseded' | 'postponed' | 'unanswered';
  readonly why: string;
};

export const done = (why: string): Handled => ({ result: 'done', why });
export const superseded = (why: string): Handled => ({ result: 'superseded', why });
export const postponed = (why: string): Handled => ({ result: 'postponed', why });
