import { z } from 'zod';
import { InvalidInputError, NotAllowedError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { mustBePlayable } from '../call-automation/speech.ts';
import { AllClear } from '../rules/outages/all-clear-message.ts';
import type { OutageAction } from '../rules/outages/lifecycle.ts';
import { allClearIdOf, begun, type Outage } from '../rules/outages/outage.ts';
import { unfillable } from '../rules/outages/wording.ts';
import type { Services } from '../services/services.ts';
import { allClearOf } from './all-clear.ts';
import { changeOutage, mustAllow } from './change-outage.ts';

/** The outage in the state that the action leads to: the same outage where it is in it already. */
const moved = (outage: Outage, action: OutageAction): Outage => {
  const state = mustAllow(outage, action);
  // Whatever its list was gone through for before, it is gone through anew.
  return state === outage.state ? outage : { ...outage, state, progress: undefined };
};

/** Nobody else is called until the outage is resumed; calls in progress go on. */
export const pauseOutage = (services: Services, id: string): Promise<Outage> =>
  changeOutage(services, id, (outage) => moved(outage, 'pause'));

/** Whoever waits is called from the timer's next look on, or from `startAt` where that is still to come. */
export const resumeOutage = (services: Services, id: string): Promise<Outage> =>
  changeOutage(services, id, (outage) => begun(moved(outage, 'resume'), services.now()));

/** How an outage is cancelled. */
export const Cancellation = z.strictObject({
  hangUp: z.boolean().default(false).describe('Calls in progress are hung up. Otherwise they come to their own end.'),
});

/**
 * Nobody else is called any more; calls in progress come to their end, or are hung up. Cancelled again with `hangUp`, they are
 * hung up after all.
 * @throws InvalidInputError naming each field.
 */
export async function cancelOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const how = Cancellation.safeParse(body);
  if (!how.success) throw new InvalidInputError('The outage cannot be cancelled', problemsOf(how.error));
  const { hangUp } = how.data;
  return changeOutage(services, id, (outage) => {
    const cancelled = moved(outage, 'cancel');
    const isNews = hangUp && cancelled.state === 'cancelling' && !outage.hangUp;
    return isNews ? { ...cancelled, hangUp } : cancelled;
  });
}

/**
 * It is over: nobody else is told of it, and whoever was told is called with the all-clear, an outage of its own, once each. That is
 * made with the same write; the timer fills its list, so that nothing is lost where this breaks off.
 * @throws InvalidInputError naming each field.
 */
export async function restoreOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const asked = AllClear.safeParse(body);
  if (!asked.success) throw new InvalidInputError(NO_ALL_CLEAR, problemsOf(asked.error));
  const { message, thanks } = asked.data;
  mustBePlayable(services.calls, NO_ALL_CLEAR, { message, thanks });
  const allClearBy = allClearIdOf(id);
  const there = await services.outages.find(allClearBy);
  if (there && there.outage.allClearFor !== id) {
    throw new NotAllowedError(`There is an outage ${allClearBy} already, which is not the all-clear of this one`);
  }
  const allClear = (outage: Outage): Outage => allClearOf(outage, asked.data, services.now());
  return changeOutage(
    services,
    id,
    (outage) => {
      const restored = moved(outage, 'restore');
      if (restored === outage) return outage;
      const problems = unfillable(allClear(outage));
      if (problems.length > 0) throw new InvalidInputError(NO_ALL_CLEAR, problems);
      return { ...restored, allClearBy, finishedAt: undefined };
    },
    allClear,
  );
}

const NO_ALL_CLEAR = 'The all-clear cannot be sent';
