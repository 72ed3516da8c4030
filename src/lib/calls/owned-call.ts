import type { Outcome } from '../rules/calls/outcome.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import type { Handled } from '../services/services.ts';

/** How a call ended, for its owner. */
export type CallResult = {
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  /** The callee asked not to be called again. */
  readonly optOut?: boolean | undefined;
};

/** Where and when the owner's current call was placed. */
export type Placed = {
  /** Our number; undefined if the call shows none. */
  readonly number: string | undefined;
  /** UTC. */
  readonly placedAt: string;
  /** Tells one callee from another. */
  readonly callee: string;
  /** When the first call to this callee was placed that failed for a reason of ours. UTC. */
  readonly refusedAt?: string | undefined;
};

/**
 * What a call is placed for. There are two kinds: an attempt of an outage (attempt-owner.ts), and a request that
 * somebody enqueued by hand (request-owner.ts). Each operation reads the row afresh and is idempotent.
 */
export type CallOwner = {
  /** Records the id of the call leg. @returns false if the owner was given up, so that no lease covers the call. */
  bind(callLegId: string): Promise<boolean>;
  /**
   * The service refused the call for a reason that is not the callee's: it is placed again at `until`, unless the owner has
   * another call by now.
   * @param refusedAt when the call failed, if the reason is ours.
   */
  postpone(until: Date, callLegId: string, refusedAt?: string): Promise<void>;
  /** @returns undefined if this call is not the owner's current one: it has ended, or another was placed. */
  placed(callLegId: string): Promise<Placed | undefined>;
  /** The call has ended. */
  conclude(result: CallResult, callLegId: string): Promise<void>;
};

/**
 * A call under a lease, with its owner's row as it was read. Each change is conditional on that row. Placing
 * (place-call.ts) and checking after the lease (upkeep/heal-call.ts) work on this alone, for both kinds of owner.
 */
export type OwnedCall = {
  readonly purpose: CallPurpose;
  /** For the log: "attempt 2 of 0a1b… in storm-7". */
  readonly name: string;
  /** `dispatched`: the start message is on its queue. `dialling`: claimed; the service was asked, or is being asked. */
  readonly phase: 'dispatched' | 'dialling';
  readonly callLegId?: string | undefined;
  /** When the call was claimed, UTC. Each claim is another request to the service. */
  readonly askedAt?: string | undefined;
  /** A hang-up was sent because the lease had ended. */
  readonly isEnding?: boolean | undefined;
  /** The call has no script, so silence is normal. */
  readonly mayBeSilent?: boolean;
  /** When the timer checks the call, if it has not ended. An invalid date if that is not known. */
  readonly leaseUntil: Date;
  readonly line?: HeldLine | undefined;
  /** When the first call to this callee was claimed that was refused for a reason of ours. UTC. */
  readonly refusedAt?: string | undefined;
  readonly needsLine: boolean;
  /** The holder that is written on its line. */
  readonly holder: string;
  /** How long to wait after a passing refusal if the service does not say, ms. */
  readonly patienceMs: number;

  /** Puts the start message on its queue once more. */
  resend(delaySeconds?: number): Promise<void>;
  /** Records the id of the call leg that the service answered with. */
  bind(callLegId: string): Promise<void>;
  /**
   * The call was not placed: it is placed again at `until`, and its line is left alone until then.
   * @param refusedAt when the call was refused, if the reason is ours.
   * @returns false if the row changed meanwhile, so that nothing is placed again.
   */
  postpone(until: Date, refusedAt?: string): Promise<boolean>;
  /**
   * The service was not asked: the call waits again and does not count.
   * @returns false if the row changed meanwhile; then nothing is done.
   */
  withdraw(): Promise<boolean>;
  /**
   * The service refused the call for good.
   * @param code status and error code.
   * @throws the error, if a person must see it.
   */
  refuse(code: string, error: Error): Promise<Handled>;
  /** Saves a later end of the lease. @returns undefined if the row changed meanwhile. */
  saveLease(until: Date, line: HeldLine | undefined, isEnding: boolean): Promise<OwnedCall | undefined>;
  /** True if the call has ended according to the current row. */
  hasEnded(): Promise<boolean>;
  /** The line was lost, so the call must not be placed now: others may be calling on that line. */
  giveUpWithoutLine(): Promise<void>;
  /** Ends the call, unless the row changed meanwhile. */
  conclude(result: CallResult): Promise<void>;
};
