import { concludeAttempt } from '../outages/conclude.ts';
import { holderOf, lineLease } from '../outages/dispatcher.ts';
import { ENDING_MS, NO_NEWS } from '../rules/calls/leases.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { isAt, leaseExtended, postponed } from '../rules/outages/attempts.ts';
import type { Services } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { lookInto } from './look-into.ts';

/** The lease of an attempt has ended before the attempt did: what has become of it? */
export async function healAttempt(services: Services, ref: AttemptRef, stored: StoredRecipient): Promise<void> {
  const { phase, callLegId, askedAt, isEnding } = stored.recipient;
  if (phase !== 'dispatched' && phase !== 'dialling') return;
  await lookInto(
    services,
    {
      purpose: { kind: 'attempt', ...ref },
      phase,
      callLegId,
      askedAt,
      isEnding,
      startAgain: () => startAgain(services, ref, stored),
      extend: async (until, ends) => (await extend(services, ref, stored, until, ends)) !== undefined,
      conclude: (result) => concludeAttempt(services, ref, { ...result, callLegId }, stored),
    },
    services.settings.limits,
  );
}

/** The call is to end now, not when its lease does. Once: whatever is not over by then is looked into when its lease ends. */
export async function hangUpAttempt(services: Services, ref: AttemptRef, stored: StoredRecipient): Promise<void> {
  const { callLegId, isEnding } = stored.recipient;
  if (callLegId === undefined || isEnding) return;
  const now = services.now();
  const until = new Date(now.getTime() + Math.min(ENDING_MS, services.settings.limits.leaseMs));
  if (!(await extend(services, ref, stored, until, true))) return;
  await services.queues.send('hang-up', { callLegId, operationContext: `called-off.${now.getTime()}` });
}

/** Without its line the attempt must not go on: others may be calling on it by now. */
async function startAgain(services: Services, ref: AttemptRef, stored: StoredRecipient): Promise<void> {
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  const extended = await extend(services, ref, stored, until, false);
  if (!extended) return;
  if (extended.recipient.line) return services.queues.send('start-call', ref);
  if (extended.recipient.phase === 'dialling') return concludeAttempt(services, ref, NO_NEWS, extended);
  await services.recipients.save(ref, extended, postponed(extended.recipient, services.now()));
}

/**
 * The line's lease is lengthened with the attempt's, and first, so that the line is never free while the call may live.
 * @returns the recipient as it is now, without its line if that was lost; undefined if somebody else changed it first.
 */
async function extend(
  services: Services,
  ref: AttemptRef,
  stored: StoredRecipient,
  until: Date,
  isEnding: boolean,
): Promise<StoredRecipient | undefined> {
  const { line } = stored.recipient;
  const held = line && (await services.lines.hold(line, holderOf(ref), lineLease(until)));
  const extended = leaseExtended({ ...stored.recipient, line: held, isEnding }, until);
  const saved = await services.recipients.save(ref, stored, extended);
  if (saved || !held) return saved;
  // The attempt has ended meanwhile, and could not pass on a line that had just been lengthened.
  const current = await services.recipients.find(ref);
  if (!current || !isAt(current.recipient, ref)) await services.lines.free(held, services.now());
  return undefined;
}
