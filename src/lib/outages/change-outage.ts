import { NotAllowedError, StorageError } from '../base/errors.ts';
import { allowedActions, type OutageAction, transition } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';

/** Others may write the same outage at the same time; that often in a row means that something is wrong. */
const TRIES = 10;

/**
 * Changes an outage as it is now, whoever else does. Two requests to storage; one where nothing changes.
 * @param change gives the same outage where there is nothing to change.
 * @param beside a new outage that comes of the change, written with it.
 * @throws NotFoundError, and whatever `change` throws.
 */
export async function changeOutage(
  { outages }: Services,
  id: string,
  change: (outage: Outage) => Outage,
  beside?: (before: Outage) => Outage,
): Promise<Outage> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await outages.read(id);
    const outage = change(stored.outage);
    if (outage === stored.outage || (await outages.save(stored, outage, beside?.(stored.outage)))) return outage;
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
