import { type CallLeg, isOver } from '../calls/leg.ts';
import type { Outcome } from './outcome.ts';
import type { Recipient } from './recipient.ts';

/** How long things may take before they are looked into, ms. Settings: CALL_LEASE_SECONDS, MAX_CALL_SECONDS. */
export type LeaseLimits = { readonly leaseMs: number; readonly maxCallMs: number };

/**
 * What to do with an attempt whose lease has ended before the attempt did.
 * `startAgain` the message to dial may be lost; asking again is safe, for only one can claim the attempt.
 * `wait`       the call is alive; look again later.
 * `hangUp`     nothing has been heard of the call for too long: end it, and look once more.
 * `conclude`   the attempt is over with what is known of it.
 */
export type Verdict =
  | { readonly kind: 'startAgain' | 'wait' | 'hangUp' }
  | { readonly kind: 'conclude'; readonly outcome: Outcome; readonly reason: string | undefined };

export function onLeaseEnded(
  recipient: Recipient,
  leg: CallLeg | undefined,
  now: Date,
  { leaseMs, maxCallMs }: LeaseLimits,
): Verdict {
  if (recipient.phase === 'dispatched') return { kind: 'startAgain' };
  if (!leg) return recipient.callLegId && !recipient.isEnding ? { kind: 'hangUp' } : concludeWith('unknown', 'no news');
  if (isOver(leg)) return concludeWith(leg.outcome ?? 'unknown', leg.reason);
  const age = now.getTime() - Date.parse(leg.createdAt);
  const silence = now.getTime() - Date.parse(leg.updatedAt);
  const isAlive = silence < leaseMs || leg.stage === 'talking';
  if (isAlive && age < maxCallMs) return { kind: 'wait' };
  if (!recipient.isEnding) return { kind: 'hangUp' };
  return concludeWith(leg.outcome ?? (leg.answered ? 'answered' : 'unknown'), 'its end was never reported');
}

const concludeWith = (outcome: Outcome, reason: string | undefined): Verdict => ({ kind: 'conclude', outcome, reason });
