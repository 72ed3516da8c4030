import { z } from 'zod';
import { mustBePlayable } from '../call-automation/speech.ts';
import { InvalidInputError } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import type { Services } from '../services.ts';
import { allClearOf } from './all-clear.ts';
import { AllClear } from './all-clear-message.ts';
import { changeOutage, mustAllow } from './change-outage.ts';
import type { OutageAction } from './lifecycle.ts';
import { allClearIdOf, begun, type Outage } from './outage.ts';
import { unfillable } from './wording.ts';

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
 * It is over: nobody else is told of it, and whoever was told is called with the all-clear, an outage of its own, once each. The
 * timer makes it and fills its list, so that nothing is lost where this breaks off.
 * @throws InvalidInputError naming each field.
 */
export async function restoreOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const allClear = AllClear.safeParse(body);
  if (!allClear.success) throw new InvalidInputError('The all-clear cannot be sent', problemsOf(allClear.error));
  const { message, thanks } = allClear.data;
  mustBePlayable(services.calls, 'The all-clear cannot be sent', { message, thanks });
  return changeOutage(services, id, (outage) => {
    const restored = moved(outage, 'restore');
    if (restored === outage) return outage;
    const problems = unfillable(allClearOf(outage, allClear.data, services.now()));
    if (problems.length > 0) throw new InvalidInputError('The all-clear cannot be sent', problems);
    const { data } = allClear;
    return { ...restored, allClear: data, allClearBy: allClearIdOf(id), finishedAt: undefined, progress: undefined };
  });
}
