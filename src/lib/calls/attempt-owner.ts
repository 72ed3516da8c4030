import { bindAttempt, deferAttempt, placedAttempt, postponeAttempt } from '../outages/attempt-progress.ts';
import { concludeAttempt } from '../outages/conclude.ts';
import { NO_NEWS } from '../rules/calls/leases.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { bound, isAt, leaseExtended, postponed } from '../rules/outages/attempts.ts';
import { holderOfAttempt } from '../rules/outages/line-holder.ts';
import { done, type Services } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import type { CallOwner, OwnedCall } from './owned-call.ts';

/** How long to leave a line alone after a passing refusal without a time, ms. */
const PATIENCE_MS = 30_000;

/** An attempt of an outage as the owner of a call. */
export const attemptOwner = (services: Services, ref: AttemptRef): CallOwner => ({
  bind: (callLegId) => bindAttempt(services, ref, callLegId),
  postpone: async (until, callLegId, refusedAt) =>
    void (await postponeAttempt(services, ref, until, { callLegId }, refusedAt)),
  placed: (callLegId) => placedAttempt(services, ref, callLegId),
  conclude: (result, callLegId) => concludeAttempt(services, ref, { ...result, callLegId }),
});

/** The call of an attempt in progress, from its recipient's row. Undefined if no attempt is in progress. */
export function attemptCall(services: Services, ref: AttemptRef, stored: StoredRecipient): OwnedCall | undefined {
  const { recipient } = stored;
  const { phase, callLegId, askedAt, isEnding, line } = recipient;
  if (phase !== 'dispatched' && phase !== 'dialling') return undefined;
  const { recipients, queues, now } = services;
  return {
    purpose: { kind: 'attempt', ...ref },
    name: `attempt ${ref.attempt} of ${ref.recipientId} in ${ref.outageId}`,
    phase,
    callLegId,
    askedAt,
    isEnding,
    leaseUntil: new Date(recipient.leaseUntil ?? ''),
    line,
    needsLine: true,
    holder: holderOfAttempt(ref, line),
    refusedAt: recipient.refusedAt,
    patienceMs: PATIENCE_MS,
    resend: (delaySeconds) => queues.send('start-call', ref, delaySeconds),
    bind: async (id) => {
      // Its first event may have come before the answer.
      if ((await recipients.latestHint(ref))?.recipient.callLegId !== id)
        await recipients.save(ref, stored, bound(recipient, id));
    },
    postpone: (until, refusedAt) => postponeAttempt(services, ref, until, { askedAt }, refusedAt),
    withdraw: () => deferAttempt(services, ref, stored, now()),
    refuse: async (code) => {
      await concludeAttempt(services, ref, { outcome: 'failed', reason: `refused: ${code}` });
      return done(`the service refused the call (${code})`);
    },
    saveLease: async (until, held, ending) => {
      const extended = leaseExtended({ ...recipient, line: held, isEnding: ending }, until);
      const saved = await recipients.save(ref, stored, extended);
      return saved && attemptCall(services, ref, saved);
    },
    hasEnded: async () => {
      const current = await recipients.find(ref);
      return !current || !isAt(current.recipient, ref);
    },
    giveUpWithoutLine: async () => {
      if (phase === 'dialling') return concludeAttempt(services, ref, NO_NEWS, stored);
      await recipients.save(ref, stored, postponed(recipient, now()));
    },
    conclude: (result) => concludeAttempt(services, ref, { ...result, callLegId }, stored),
  };
}
