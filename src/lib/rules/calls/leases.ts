import { type CallLeg, isOver } from '../calls/leg.ts';
import type { Outcome } from './outcome.ts';

/**
 * How long an attempt, a call and a request to the service may take, ms. Settings: CALL_LEASE_SECONDS, MAX_CALL_SECONDS.
 * A request is bounded by the client, and a lease must be several times as long.
 */
export type LeaseLimits = { readonly leaseMs: number; readonly maxCallMs: number; readonly requestMs: number };

/**
 * How long before the end of its lease a call is no longer placed, ms: the request must have ended before the timer may
 * act on the lease.
 */
export const marginMs = ({ leaseMs, requestMs }: LeaseLimits): number => Math.max(leaseMs / 4, requestMs);

/** What is known about a call whose lease has ended. */
export type Evidence = {
  /** `dispatched`: the start-call message is on its queue. `dialling`: the service was asked to call. */
  readonly phase: 'dispatched' | 'dialling';
  /** Known once the service has answered or an event has arrived. */
  readonly callLegId?: string | undefined;
  /** The call leg as its events left it. */
  readonly leg?: CallLeg | undefined;
  /** A hang-up was already sent because its lease had ended. */
  readonly isEnding?: boolean | undefined;
  /** When the service was first asked to call. UTC. */
  readonly askedAt?: string | undefined;
  /** The service recognises a repeated request, so repeating it cannot place a second call. */
  readonly isRepeatable?: boolean;
  /** A hang-up was answered with “no such call”. */
  readonly isGone?: boolean;
  /** The call has no script, so silence is normal. */
  readonly mayBeSilent?: boolean;
};

/**
 * What to do with a call whose lease has ended before the call did.
 * `startAgain` send the start-call message again, because it may be lost. Safe: only one copy can claim the attempt.
 *              For a call without any news, the service is asked once more with the same request identity.
 * `wait`       the call is alive; check again at that time.
 * `hangUp`     no news for too long: end the call, and check again at that time until there is evidence that it ended.
 * `close`      the call has ended and no event said so: close its leg.
 * `abandon`    the service refuses to end the call, long after any call has ended: close its leg, and tell a person.
 * `conclude`   record the outcome as far as it is known.
 */
export type Verdict =
  | { readonly kind: 'startAgain' }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'hangUp'; readonly callLegId: string; readonly until: Date }
  | { readonly kind: 'close' | 'abandon'; readonly callLegId: string }
  | { readonly kind: 'conclude'; readonly outcome: Outcome; readonly reason: string | undefined };

/** The call may have been placed, but no event about it ever arrived. */
export const NO_NEWS = { outcome: 'unknown', reason: 'no news' } as const;

/** How soon the first hang-up is checked, ms. */
export const ENDING_MS = 60_000;

/** Decides what to do with a call whose lease has ended. Pure. */
export function onLeaseEnded(evidence: Evidence, now: Date, limits: LeaseLimits): Verdict {
  const { phase, callLegId, leg, isEnding, isGone } = evidence;
  if (phase === 'dispatched') return { kind: 'startAgain' };
  if (leg && isOver(leg)) return { kind: 'conclude', outcome: leg.outcome ?? 'unknown', reason: leg.reason };
  if (callLegId === undefined && mayAskAgain(evidence, now, limits)) return { kind: 'startAgain' };
  if (callLegId === undefined) return { kind: 'conclude', ...NO_NEWS };
  if (isGone) return { kind: 'close', callLegId };
  if (isEnding && now.getTime() > abandonedFrom(evidence, limits)) return { kind: 'abandon', callLegId };
  const after = (ms: number): Date => new Date(Math.min(now.getTime() + ms, now.getTime() + limits.leaseMs));
  const alive = leg ? aliveUntil(leg, evidence, limits) - now.getTime() : 0;
  if (alive > 0) return { kind: 'wait', until: after(alive) };
  return { kind: 'hangUp', callLegId, until: after(isEnding ? limits.leaseMs : ENDING_MS) };
}

/** Only at the end of the first lease: a person who was due then must not be called much later. */
const mayAskAgain = ({ isRepeatable, askedAt = '' }: Evidence, now: Date, { leaseMs }: LeaseLimits): boolean =>
  isRepeatable === true && now.getTime() < Date.parse(askedAt) + 1.5 * leaseMs;

/** Until when the call counts as alive, given its latest event. Ms since the epoch. */
function aliveUntil(leg: CallLeg, { mayBeSilent }: Evidence, { leaseMs, maxCallMs }: LeaseLimits): number {
  const longest = Date.parse(leg.createdAt) + maxCallMs;
  if (mayBeSilent || leg.stage === 'talking') return longest;
  return Math.min(Date.parse(leg.updatedAt) + leaseMs, longest);
}

/** How long a call may outlive its longest duration while hang-ups are refused, ms; at least two hang-ups are tried. */
const ABANDON_MS = 15 * 60_000;

function abandonedFrom({ leg, askedAt = '' }: Evidence, { leaseMs, maxCallMs }: LeaseLimits): number {
  return Date.parse(leg?.createdAt ?? askedAt) + maxCallMs + Math.max(ABANDON_MS, 2 * leaseMs);
}
