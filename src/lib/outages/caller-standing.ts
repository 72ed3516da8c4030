import {
  type CallerNumber,
  isProven,
  isResting,
  newCallerNumber,
  probed,
  reached,
  rested,
  type Standing,
  type Trouble,
  troubled,
} from '../rules/calls/breaker.ts';
import type { Services } from '../services/services.ts';
import type { StoredCaller } from '../storage/caller-numbers.ts';
import { untilSaved } from '../storage/until-saved.ts';

/** After losing this many races, others have counted more than enough: do without this call. */
const TRIES = 5;

/** Counts a call from this number that failed for a reason that may concern us. Idempotent. One request to read, one to write. */
export async function noteTrouble(services: Services, number: string, trouble: Trouble): Promise<Standing> {
  return untilSaved('A caller number', async (tries) => {
    const { callers } = await services.lines.survey();
    const before = callers.get(number) ?? { caller: newCallerNumber(number) };
    const caller = troubled(before.caller, trouble, services.settings.breakerAfter, services.now());
    const isSaved = caller === before.caller || tries > TRIES || (await services.callerNumbers.save(before, caller));
    const hasTripped = isResting(caller) && !isResting(before.caller);
    return isSaved ? { caller, wasProven: isProven(before.caller), hasTripped } : undefined;
  });
}

/** Somebody was reached by a call from this number that was placed at that time: ends its rest at once. */
export async function noteReached(services: Services, number: string, placedAt: string): Promise<void> {
  await changeCaller(services, number, (caller) => reached(caller, placedAt));
}

/** People end the rest of these numbers. */
export async function endRests(services: Services, numbers: readonly string[]): Promise<void> {
  for (const number of numbers) {
    await changeCaller(services, number, (caller) => (isResting(caller) ? rested(caller, services.now()) : caller));
  }
}

async function changeCaller(
  services: Services,
  number: string,
  change: (caller: CallerNumber) => CallerNumber,
): Promise<void> {
  await untilSaved('A caller number', async () => {
    const before = await services.callerNumbers.find(number);
    const caller = before && change(before.caller);
    if (!before || !caller || caller === before.caller) return true;
    return (await services.callerNumbers.save(before, caller)) || undefined;
  });
}

/** @returns true if this process may place one call from the resting number now. */
export async function takeProbe(services: Services, stored: StoredCaller): Promise<boolean> {
  const caller = probed(stored.caller, services.now());
  return caller !== undefined && services.callerNumbers.save(stored, caller);
}

/** @returns true if a call may be placed from the number now: it does not rest, or the call is its probe. */
export const mayPlace = async (services: Services, stored: StoredCaller | undefined): Promise<boolean> =>
  stored === undefined || !isResting(stored.caller) || takeProbe(services, stored);
