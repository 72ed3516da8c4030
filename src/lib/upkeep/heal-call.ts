import { UnendedCallError } from '../base/errors.ts';
import { closeLeg } from '../calls/close-leg.ts';
import { concludeCall } from '../calls/conclude-call.ts';
import type { OwnedCall } from '../calls/owned-call.ts';
import { lineLease } from '../outages/dispatcher.ts';
import { ENDING_MS, onLeaseEnded } from '../rules/calls/leases.ts';
import { isOver, UNREPORTED_END } from '../rules/calls/leg.ts';
import { leaving } from '../rules/calls/purpose.ts';
import type { Services } from '../services/services.ts';

/**
 * Checks a call whose lease has ended before the call did. rules/calls/leases.ts decides what to do, and says why.
 * @throws UnendedCallError once the call is given up because the service refuses to end it.
 */
export async function healCall(services: Services, call: OwnedCall): Promise<void> {
  const { callLegId } = call;
  const examined = callLegId === undefined ? NOTHING_KNOWN : await services.legs.examine(callLegId);
  const { isGone } = examined;
  const leg = examined.stored?.leg;
  const now = services.now();
  const evidence = { ...call, leg, isGone, isRepeatable: services.calls.isRepeatable };
  const verdict = onLeaseEnded(evidence, now, services.settings.limits);
  switch (verdict.kind) {
    case 'startAgain':
      return startAgain(services, call);
    case 'wait':
      await extendLease(services, call, verdict.until, false);
      return;
    case 'hangUp':
      return hangUp(services, call, verdict.callLegId, verdict.until, 'lease-ended');
    case 'abandon':
    case 'close': {
      // Close the leg first, so that late events still reach the owner.
      const ended = await closeLeg(services, call.purpose, verdict.callLegId, examined, UNREPORTED[verdict.kind]);
      if (!ended) return;
      const { outcome = 'unknown', reason, optOut } = ended;
      await call.conclude({ outcome, reason, optOut });
      if (verdict.kind === 'abandon') throw unended(call, verdict.callLegId);
      return;
    }
    case 'conclude': {
      // The process that heard of the end died before it told the owner.
      if (leg && isOver(leg)) return void (await concludeCall(services, leg));
      const { outcome, reason } = verdict;
      return call.conclude({ outcome, reason, optOut: leg?.optOut });
    }
  }
}

/** Why a call counts as ended whose end was not reported. */
const UNREPORTED = { close: UNREPORTED_END, abandon: 'the service did not end it' } as const;

const unended = ({ name }: OwnedCall, callLegId: string): UnendedCallError =>
  new UnendedCallError(
    `The service refuses to end call leg ${callLegId} of ${name}, which has lasted longer than MAX_CALL_SECONDS. It is ` +
      'no longer attended, and its line is used again: end it by hand if it is still in progress',
  );

const NOTHING_KNOWN = { stored: undefined, isGone: false, isAudioAccepted: false };

/**
 * Ends a call in progress now, once. If it has not ended after a minute, the next check of its lease decides.
 * @returns false if it is being ended already, or its call leg is not known yet.
 */
export async function hangUpNow(services: Services, call: OwnedCall): Promise<boolean> {
  if (call.callLegId === undefined || call.isEnding) return false;
  const ms = Math.min(ENDING_MS, services.settings.limits.leaseMs);
  await hangUp(services, call, call.callLegId, new Date(services.now().getTime() + ms), 'called-off');
  return true;
}

async function hangUp(
  services: Services,
  call: OwnedCall,
  callLegId: string,
  until: Date,
  why: 'lease-ended' | 'called-off',
): Promise<void> {
  const now = services.now().getTime();
  if (!(await extendLease(services, call, until, true))) return;
  const message = { callLegId, ...leaving(call.purpose), operationContext: `${why}.${now}` };
  await services.queues.send('hang-up', message);
}

/** Sends the start message again, unless the line was lost: others may be calling on it by now. */
async function startAgain(services: Services, call: OwnedCall): Promise<void> {
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  const extended = await extendLease(services, call, until, false);
  if (!extended) return;
  return extended.needsLine && !extended.line ? extended.giveUpWithoutLine() : extended.resend();
}

/**
 * Extends the lease of the call, and first that of its line, so that the line is never free while the call may be
 * alive.
 * @returns the call as saved, without its line if that was lost; undefined if its row changed meanwhile.
 */
async function extendLease(
  services: Services,
  call: OwnedCall,
  until: Date,
  isEnding: boolean,
): Promise<OwnedCall | undefined> {
  const held = call.line && (await services.lines.hold(call.line, call.holder, lineLease(until), services.now()));
  const extended = await call.saveLease(until, held, isEnding);
  if (extended || !held) return extended;
  // The call ended meanwhile and could not free a line whose lease had just been extended.
  if (await call.hasEnded()) await services.lines.free(held, services.now());
  return undefined;
}
