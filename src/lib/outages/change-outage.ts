import { NotAllowedError } from '../base/errors.ts';
import { allowedActions, type OutageAction, transition } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { untilSaved } from '../storage/until-saved.ts';

/**
 * Changes an outage under its ETag. Two requests to storage; one if nothing changes.
 * @param change returns the same object if there is nothing to change.
 * @param beside makes a new outage that is saved in the same transaction.
 * @throws NotFoundError, and whatever `change` throws.
 */
export async function changeOutage(
  { outages }: Services,
  id: string,
  change: (outage: Outage) => Outage,
  beside?: (before: Outage) => Outage,
): Promise<Outage> {
  return untilSaved(`Outage ${id}`, async () => {
    const stored = await outages.read(id);
    const outage = change(stored.outage);
    if (outage === stored.outage) return outage;
    const saved = await outages.save(stored, outage, beside?.(stored.outage));
    return saved && outage;
  });
}

/**
 * The state that the action leads to.
 * @throws NotAllowedError if the current state does not allow it; the message says why, and what is possible.
 */
export function mustAllow(outage: Outage, action: OutageAction): Outage['state'] {
  const next = transition(outage, action);
  if (typeof next === 'string') return next;
  const possible = allowedActions(outage).join(', ') || 'nothing';
  throw new NotAllowedError(
    `The outage is ${outage.state}: ${action} is not possible, because ${next.because}. Possible now: ${possible}`,
  );
}
