import { NotAllowedError, StorageError } from '../errors.ts';
import type { Services } from '../services.ts';
import { allowedActions, type OutageAction, transition } from './lifecycle.ts';
import { begun, type Outage } from './outage.ts';

/** Others may write the same outage at the same time; that often in a row means that something is wrong. */
const TRIES = 10;

/**
 * Changes an outage as it is now, whoever else does. Two requests to storage; one where nothing changes.
 * @param change gives the same outage where there is nothing to change.
 * @throws NotFoundError, and whatever `change` throws.
 */
export async function changeOutage(
  { outages }: Services,
  id: string,
  change: (outage: Outage) => Outage,
): Promise<Outage> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await outages.read(id);
    const outage = change(stored.outage);
    if (outage === stored.outage || (await outages.save(stored, outage))) return outage;
  }
  throw new StorageError('The outage could not be changed: its row keeps changing');
}

/**
 * The state that the action leads to.
 * @throws NotAllowedError where it makes no sense, saying why and what does.
 */
export function mustAllow(outage: Outage, action: OutageAction): Outage['state'] {
  const next = transition(outage, action);
  if (typeof next === 'string') return next;
  const possible = allowedActions(outage).join(', ') || 'nothing';
  throw new NotAllowedError(
    `The outage is ${outage.state}: ${action} is not possible, for ${next.because}. Possible now: ${possible}`,
  );
}

/** The outage in the state that the action leads to: the same outage where it is in it already. */
const moved = (outage: Outage, action: OutageAction): Outage => {
  const state = mustAllow(outage, action);
  return state === outage.state ? outage : { ...outage, state };
};

/** Nobody else is called until the outage is resumed; calls in progress go on. */
export const pauseOutage = (services: Services, id: string): Promise<Outage> =>
  changeOutage(services, id, (outage) => moved(outage, 'pause'));

/** Whoever waits is called from the timer's next look on, or from `startAt` where that is still to come. */
export const resumeOutage = (services: Services, id: string): Promise<Outage> =>
  changeOutage(services, id, (outage) => begun(moved(outage, 'resume'), services.now()));

/**
 * Nobody else is called any more; calls in progress come to their end, or are hung up. Cancelled again with `hangUp`, they are
 * hung up after all.
 */
export const cancelOutage = (services: Services, id: string, hangUp: boolean): Promise<Outage> =>
  changeOutage(services, id, (outage) => {
    const cancelled = moved(outage, 'cancel');
    const isNews = hangUp && cancelled.state === 'cancelling' && !outage.hangUp;
    return isNews ? { ...cancelled, hangUp } : cancelled;
  });
