import { type CallerNumber, restingAs } from '../calls/breaker.ts';
import type { Outage, OutageState } from './outage.ts';

/** The caller numbers of an outage that rest. The timer keeps them with the outage, so that everybody who reads it knows. */

/**
 * The outage with its resting numbers as they are now.
 * @param known what is known about a number; undefined if nothing is.
 * @returns the same object if nothing changed.
 */
export function withResting(outage: Outage, known: (number: string) => CallerNumber | undefined): Outage {
  const resting = outage.callers
    .map(({ number }) => known(number))
    .map((caller) => caller && restingAs(caller))
    .filter((caller) => caller !== undefined);
  if (JSON.stringify(resting) === JSON.stringify(outage.resting ?? [])) return outage;
  return { ...outage, resting: resting.length > 0 ? resting : undefined };
}

type Told = Pick<Outage, 'state' | 'callers' | 'resting'>;

/**
 * True if nobody is called because every caller number of the running outage rests.
 * `callers` are those that may be used: there may be none.
 */
const isHeldUp = ({ state, callers, resting = [] }: Told): boolean =>
  state === 'running' && callers.every(({ number }) => resting.some((caller) => caller.number === number));

const NONE_NAMED = 'the setting CALLER_NUMBERS names none of them any more';

/** The state for people: an outage all of whose numbers rest is paused for that reason. */
export const shownState = (outage: Told): OutageState => (isHeldUp(outage) ? 'paused' : outage.state);

/** Why the outage is paused although nobody paused it. */
export function pausedBecause(outage: Told): string | undefined {
  if (!isHeldUp(outage)) return undefined;
  const isNone = outage.callers.length === 0;
  const reasons = new Set(isNone ? [NONE_NAMED] : outage.resting?.map(({ because }) => because));
  return `No caller number can be used: ${[...reasons].join('; ')}.`;
}

/** A rest matters only to an outage that still has people to call. */
export const mayCallLater = ({ state }: Pick<Outage, 'state'>): boolean => state === 'running' || state === 'paused';

/** True if the number rests, as far as the timer knew at its last tick. */
export const restsFor = ({ resting = [] }: Pick<Outage, 'resting'>, number: string): boolean =>
  resting.some((caller) => caller.number === number);
