import { type CallLeg, isOver } from '../calls/leg.ts';
import type { Outcome } from './outcome.ts';

/** How long things may take before they are looked into, ms. Settings: CALL_LEASE_SECONDS, MAX_CALL_SECONDS. */
export type LeaseLimits = { readonly leaseMs: number; readonly maxCallMs: number };

/** What is known of a call whose lease has ended: what we have on record of it, and what the service has said. */
export type Evidence = {
  /** `dispatched`: the message to dial is on its queue. `dialling`: the service has been asked to call. */
  readonly phase: 'dispatched' | 'dialling';
  /** The call, once the service has named it. */
  readonly callLegId?: string | undefined;
  /** What its events have made of it. */
  readonly leg?: CallLeg | undefined;
  /** It was told to hang up because its lease had ended. */
  readonly isEnding?: boolean | undefined;
  /** When the service was first asked to call. */
  readonly askedAt?: string | undefined;
  /** The service knows requests by their identity: it can be asked again for the same call. */
  readonly isRepeatable?: boolean;
  /** A hang-up has found that the service knows of no such call. */
  readonly isGone?: boolean;
  /** The call has no script: it is silent until it is told something. */
  readonly mayBeSilent?: boolean;
};

/**
 * What to do with a call whose lease has ended before the call did.
 * `startAgain` the message to dial may be lost; sending it again is safe, for only one can claim the attempt. Or the service is
 *              asked once more for the call that nothing was heard of, as the same request.
 * `wait`       the call is alive; look again then.
 * `hangUp`     nothing has been heard of it for too long: end it, and look again then, until there is evidence that it has ended.
 * `close`      it has ended, and nobody has told.
 * `conclude`   it is over with what is known of it.
 */
export type Verdict =
  | { readonly kind: 'startAgain' }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'hangUp'; readonly callLegId: string; readonly until: Date }
  | { readonly kind: 'close'; readonly callLegId: string }
  | { readonly kind: 'conclude'; readonly outcome: Outcome; readonly reason: string | undefined };

/** The call may have been placed, and nothing was ever heard of it. */
export const NO_NEWS = { outcome: 'unknown', reason: 'no news' } as const;

/** A hang-up is looked after this soon the first time, ms. */
export const ENDING_MS = 60_000;

export function onLeaseEnded(evidence: Evidence, now: Date, limits: LeaseLimits): Verdict {
  const { phase, callLegId, leg, isEnding, isGone } = evidence;
  if (phase === 'dispatched') return { kind: 'startAgain' };
  if (leg && isOver(leg)) return { kind: 'conclude', outcome: leg.outcome ?? 'unknown', reason: leg.reason };
  if (callLegId === undefined && mayAskAgain(evidence, now, limits)) return { kind: 'startAgain' };
  if (callLegId === undefined) return { kind: 'conclude', ...NO_NEWS };
  if (isGone) return { kind: 'close', callLegId };
  const after = (ms: number): Date => new Date(Math.min(now.getTime() + ms, now.getTime() + limits.leaseMs));
  const alive = leg ? aliveUntil(leg, evidence, limits) - now.getTime() : 0;
  if (alive > 0) return { kind: 'wait', until: after(alive) };
  return { kind: 'hangUp', callLegId, until: after(isEnding ? limits.leaseMs : ENDING_MS) };
}

/** Once, at the end of the first lease: whoever would have been called then is not to be called much later. */
const mayAskAgain = ({ isRepeatable, askedAt = '' }: Evidence, now: Date, { leaseMs }: LeaseLimits): boolean =>
  isRepeatable === true && now.getTime() < Date.parse(askedAt) + 1.5 * leaseMs;

/** How long the call counts as alive with what was last heard of it, ms since the epoch. */
function aliveUntil(leg: CallLeg, { mayBeSilent }: Evidence, { leaseMs, maxCallMs }: LeaseLimits): number {
  const longest = Date.parse(leg.createdAt) + maxCallMs;
  if (mayBeSilent || leg.stage === 'talking') return longest;
  return Math.min(Date.parse(leg.updatedAt) + leaseMs, longest);
}
