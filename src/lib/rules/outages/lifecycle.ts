import { z } from 'zod';
import { hasExpired, type Outage, type OutageState } from './outage.ts';

/** The actions of people on an outage. `upload`: add people to its list. */
export const OutageAction = z.enum(['launch', 'pause', 'resume', 'cancel', 'restore', 'patch', 'upload']);
export type OutageAction = z.infer<typeof OutageAction>;

/** Why an action is not allowed in a state. */
type Refusal = { readonly because: string };

const no = (because: string): Refusal => ({ because });

const OVER = {
  finished: no('everybody has an outcome'),
  cancelled: no('it has been cancelled'),
  restored: no('it is over, and the all-clear has gone out'),
};
const A_DRAFT = no('it has not been launched');
const BEING_CANCELLED = no('it is being cancelled');
const BEING_RESTORED = no('it is over, and the all-clear is going out');

/**
 * The state that each action leads to from each state, or why it is not allowed. The same state means: nothing changes.
 */
const TRANSITIONS: Readonly<Record<OutageAction, Readonly<Record<OutageState, OutageState | Refusal>>>> = {
  launch: {
    draft: 'scheduled',
    scheduled: 'scheduled',
    running: 'running',
    paused: 'paused',
    cancelling: BEING_CANCELLED,
    restoring: BEING_RESTORED,
    ...OVER,
  },
  pause: {
    draft: A_DRAFT,
    scheduled: 'paused',
    running: 'paused',
    paused: 'paused',
    cancelling: BEING_CANCELLED,
    restoring: BEING_RESTORED,
    ...OVER,
  },
  // It starts again as soon as its time has come: see `begun`.
  resume: {
    draft: A_DRAFT,
    scheduled: 'scheduled',
    running: 'running',
    paused: 'scheduled',
    cancelling: BEING_CANCELLED,
    restoring: BEING_RESTORED,
    ...OVER,
  },
  cancel: {
    draft: 'cancelling',
    scheduled: 'cancelling',
    running: 'cancelling',
    paused: 'cancelling',
    cancelling: 'cancelling',
    restoring: BEING_RESTORED,
    ...OVER,
    cancelled: 'cancelled',
  },
  restore: {
    draft: A_DRAFT,
    scheduled: no('nobody has been told of it yet: cancel it'),
    running: 'restoring',
    paused: 'restoring',
    cancelling: BEING_CANCELLED,
    restoring: 'restoring',
    finished: 'restoring',
    cancelled: OVER.cancelled,
    restored: 'restored',
  },
  patch: {
    draft: 'draft',
    scheduled: 'scheduled',
    running: 'running',
    paused: 'paused',
    cancelling: 'cancelling',
    restoring: 'restoring',
    ...OVER,
  },
  upload: {
    draft: 'draft',
    scheduled: 'scheduled',
    running: 'running',
    paused: 'paused',
    cancelling: BEING_CANCELLED,
    restoring: BEING_RESTORED,
    ...OVER,
    finished: 'running',
  },
};

/** The state that an action leads to, or why it is not allowed in the current state. */
export function transition(outage: Pick<Outage, 'state' | 'allClearFor'>, action: OutageAction): OutageState | Refusal {
  if (action === 'restore' && outage.allClearFor !== undefined) return no('it is an all-clear itself');
  return TRANSITIONS[action][outage.state];
}

/** These actions are useful even if they leave the state unchanged. */
const REPEATABLE: ReadonlySet<OutageAction> = new Set(['patch', 'upload']);

/** The actions that are useful now: those that lead to another state, the repeatable ones, and the end of a rest. */
export const allowedActions = (outage: Pick<Outage, 'state' | 'allClearFor' | 'resting'>): OutageAction[] =>
  OutageAction.options.filter((action) => {
    const next = transition(outage, action);
    const endsRest = action === 'resume' && outage.resting !== undefined;
    return typeof next === 'string' && (next !== outage.state || REPEATABLE.has(action) || endsRest);
  });

const OVER_STATES: ReadonlySet<OutageState> = new Set(['finished', 'cancelled', 'restored']);

/** Nobody is being called and nobody waits: the timer skips this outage. */
export const isOver = ({ state }: Pick<Outage, 'state'>): boolean => OVER_STATES.has(state);

const STOPPED: ReadonlySet<OutageState> = new Set(['cancelling', 'restoring', 'cancelled', 'restored']);

/** Stopped for good: recipients who wait are not called any more. */
const isStopped = ({ state }: Pick<Outage, 'state'>): boolean => STOPPED.has(state);

/** Recipients who wait may be called now. */
export const isCalling = (outage: Outage, now: Date): boolean => outage.state === 'running' && !hasExpired(outage, now);

/** The spend limit of the day held at the last tick of the timer. */
export const isSpentUp = ({ spendHold }: Pick<Outage, 'spendHold'>, now: Date): boolean =>
  spendHold !== undefined && now < new Date(spendHold.until);

/** Recipients who wait will never be called: the outage was stopped or has expired. */
export const isCalledOff = (outage: Outage, now: Date): boolean => isStopped(outage) || hasExpired(outage, now);

/** Nobody is called before somebody launches it; the timer has nothing to do, unless it has expired. */
export const isAsleep = (outage: Outage, now: Date): boolean => outage.state === 'draft' && !hasExpired(outage, now);

/** Nobody is on the list yet: until somebody is, there is nobody to look after. */
export const isWaitingForList = (outage: Outage, now: Date): boolean =>
  outage.isListAwaited === true && !isCalledOff(outage, now);

const REOPENED: Partial<Record<OutageState, OutageState>> = {
  finished: 'running',
  cancelled: 'cancelling',
  restored: 'restoring',
};

/** The outage after people were added to its list: if it was over, the timer handles it again. */
export const reopened = (outage: Outage): Outage => {
  const state = REOPENED[outage.state];
  return state ? { ...outage, state, finishedAt: undefined, progress: undefined } : outage;
};

const ENDS: Partial<Record<OutageState, OutageState>> = { cancelling: 'cancelled', restoring: 'restored' };

/** The outage once everybody has an outcome. One that is over stays as it is: a second timer may end it again. */
export const ended = (outage: Outage, now: Date): Outage =>
  isOver(outage)
    ? outage
    : {
        ...outage,
        state: ENDS[outage.state] ?? 'finished',
        finishedAt: now.toISOString(),
        progress: undefined,
        listHolds: undefined,
        isListAwaited: undefined,
      };
