import { type LeaseLimits, onLeaseEnded } from '../rules/calls/leases.ts';
import { endedUnreported, newCallLeg } from '../rules/calls/leg.ts';
import type { Outcome } from '../rules/calls/outcome.ts';
import { type CallPurpose, leaving } from '../rules/calls/purpose.ts';
import type { Services } from '../services/services.ts';

/** A call under a lease: an attempt of an outage, or a call asked for by hand. */
export type LeasedCall = {
  readonly purpose: CallPurpose;
  readonly phase: 'dispatched' | 'dialling';
  readonly callLegId?: string | undefined;
  readonly askedAt?: string | undefined;
  readonly isEnding?: boolean | undefined;
  readonly mayBeSilent?: boolean;
  /** Sends the message to dial once more. */
  startAgain(): Promise<void>;
  /** Moves the lease forward. @returns false if somebody else changed it first, or it has ended. */
  extend(until: Date, isEnding: boolean): Promise<boolean>;
  /** It is over, with this outcome, unless somebody else has changed it. */
  conclude(result: { outcome: Outcome; reason: string | undefined; optOut: boolean | undefined }): Promise<void>;
};

/** Looks into a call whose lease has ended before the call did. See outages/leases.ts for what is decided, and why. */
export async function lookInto(services: Services, call: LeasedCall, limits: LeaseLimits): Promise<void> {
  const { callLegId } = call;
  const { stored, isGone } =
    callLegId === undefined ? { stored: undefined, isGone: false } : await services.legs.examine(callLegId);
  const leg = stored?.leg;
  const now = services.now();
  const verdict = onLeaseEnded({ ...call, leg, isGone, isRepeatable: services.calls.isRepeatable }, now, limits);
  switch (verdict.kind) {
    case 'startAgain':
      return call.startAgain();
    case 'wait':
      await call.extend(verdict.until, false);
      return;
    case 'hangUp': {
      if (!(await call.extend(verdict.until, true))) return;
      const message = { callLegId: verdict.callLegId, ...leaving(call.purpose) };
      return services.queues.send('hang-up', { ...message, operationContext: `lease-ended.${now.getTime()}` });
    }
    case 'close': {
      // First the leg: whatever is told of the call from now on finds that it is over, and is carried to whoever it concerns.
      const ended = endedUnreported(leg ?? newCallLeg(verdict.callLegId, call.purpose, now), now);
      if (!(await services.legs.save(stored, ended))) return;
      const { outcome = 'unknown', reason, optOut } = ended;
      return call.conclude({ outcome, reason, optOut });
    }
    case 'conclude': {
      const { outcome, reason } = verdict;
      return call.conclude({ outcome, reason, optOut: leg?.optOut });
    }
  }
}
