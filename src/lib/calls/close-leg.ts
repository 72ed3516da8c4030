import { type CallLeg, endedUnreported, isOver, newCallLeg } from '../rules/calls/leg.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';
import type { Services } from '../services/services.ts';
import type { Examined } from '../storage/call-legs.ts';
import { concludeCall } from './conclude-call.ts';

/**
 * Closes the leg of a call that has ended without an event that says so.
 * @param why it counts as ended.
 * @returns the closed leg; undefined if an event changed it meanwhile.
 */
export async function closeLeg(
  services: Services,
  purpose: CallPurpose,
  callLegId: string,
  { stored, isAudioAccepted }: Pick<Examined, 'stored' | 'isAudioAccepted'>,
  why?: string,
): Promise<CallLeg | undefined> {
  const now = services.now();
  const before = stored?.leg ?? newCallLeg(callLegId, purpose, now);
  const ended = endedUnreported(before, hasHeard(services, before, isAudioAccepted), now, why);
  return (await services.legs.save(stored, ended)) ? ended : undefined;
}

/** A call that may be silent by design has nothing to prove. */
const hasHeard = ({ calls }: Services, leg: CallLeg, isAudioAccepted: boolean): boolean =>
  leg.hasHeard === true || (!calls.reportsAudioStart && isAudioAccepted) || leg.purpose.kind === 'request';

/** No lease covers a call whose owner gave it up before its first event came: see apply-event.ts. */
export const GIVEN_UP = 'given-up';

/** The service does not know a call that was given up: what its callee did still counts. Two requests, and its owner's. */
export async function closeGivenUp(services: Services, callLegId: string): Promise<void> {
  const examined = await services.legs.examine(callLegId);
  const leg = examined.stored?.leg;
  if (!leg || isOver(leg)) return;
  const ended = await closeLeg(services, leg.purpose, callLegId, examined);
  if (ended) await concludeCall(services, ended);
}
