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
import { endRests } from './caller-standing.ts';
import { changeOutage, mustAllow } from './change-outage.ts';

/** Applies the action; returns the same object if the outage is already in the new state. */
const moved = (outage: Outage, action: OutageAction): Outage => {
  const state = mustAllow(outage, action);
  // The new state needs its own pass through the list.
  return state === outage.state ? outage : { ...outage, state, progress: undefined };
};

/** Calls the people of a draft from now on, or from `startAt` if that is later. */
export const launchOutage = (services: Services, id: string): Promise<Outage> =>
  changeOutage(services, id, (outage) => begun(moved(outage, 'launch'), services.now()));

/** How an outage is paused. */
export const Pause = z.strictObject({
  hangUp: z.boolean().default(false).describe('Hang up the calls in progress. Otherwise they continue to their end.'),
});

/**
 * Starts no new calls until the outage is resumed. Calls in progress continue, or are hung up with `hangUp`, which a
 * second request can still add. Who was hung up on before they were told is called again once it is resumed.
 * @throws InvalidInputError naming each field.
 */
export async function pauseOutage(services: Services, id: string, body: unknown = {}): Promise<Outage> {
  const how = Pause.safeParse(body);
  if (!how.success) throw new InvalidInputError('The outage cannot be paused', problemsOf(how.error));
  return changeOutage(services, id, (outage) => withHangUp(moved(outage, 'pause'), how.data.hangUp));
}

const HANGING_UP: ReadonlySet<Outage['state']> = new Set(['paused', 'cancelling']);

/** The timer hangs up the calls of an outage that says so. */
const withHangUp = (outage: Outage, hangUp: boolean): Outage =>
  hangUp && HANGING_UP.has(outage.state) && !outage.hangUp ? { ...outage, hangUp } : outage;

/**
 * Calls waiting recipients again at once, or from `startAt` if that is later. Also ends the rest of the outage's caller
 * numbers, which other outages may share.
 */
export async function resumeOutage(services: Services, id: string): Promise<Outage> {
  const resume = (outage: Outage): Outage => {
    const resumed = begun(moved(outage, 'resume'), services.now());
    return resumed.hangUp ? { ...resumed, hangUp: undefined } : resumed;
  };
  const outage = await changeOutage(services, id, resume);
  if (outage.resting === undefined) return outage;
  // The numbers first: if this process dies in between, the action can be repeated.
  await endRests(
    services,
    outage.resting.map(({ number }) => number),
  );
  return changeOutage(services, id, (now) => (now.resting ? { ...now, resting: undefined } : now));
}

/** How an outage is cancelled. */
export const Cancellation = z.strictObject({
  hangUp: z.boolean().default(false).describe('Hang up the calls in progress. Otherwise they continue to their end.'),
});

/**
 * Starts no new calls. Calls in progress continue, or are hung up with `hangUp`, which a second request can still add.
 * @throws InvalidInputError naming each field.
 */
export async function cancelOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const how = Cancellation.safeParse(body);
  if (!how.success) throw new InvalidInputError('The outage cannot be cancelled', problemsOf(how.error));
  const { hangUp } = how.data;
  return changeOutage(services, id, (outage) => withHangUp(moved(outage, 'cancel'), hangUp));
}

/**
 * Ends the outage and starts no new calls. Creates the all-clear in the same write: an outage of its own, which calls
 * each informed person once. The timer fills its list, so a crash loses nothing.
 * @throws InvalidInputError naming each field.
 */
export async function restoreOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const asked = AllClear.safeParse(body);
  if (!asked.success) throw new InvalidInputError(NO_ALL_CLEAR, problemsOf(asked.error));
  const { message, thanks } = asked.data;
  mustBePlayable(services, NO_ALL_CLEAR, { message, thanks });
  const allClearBy = allClearIdOf(id);
  const there = await services.outages.find(allClearBy);
  if (there && there.outage.allClearFor !== id) {
    throw new NotAllowedError(`There is an outage ${allClearBy} already, which is not the all-clear of this one`);
  }
  const allClear = (outage: Outage): Outage => allClearOf(services, outage, asked.data);
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
