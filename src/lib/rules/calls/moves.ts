import type { Sound } from '../../call-automation/speech.ts';
import type { CallAction, PlayAudio } from './actions.ts';
import { type CallLeg, isOver } from './leg.ts';
import { better, type Outcome } from './outcome.ts';
import type { CallScript } from './script.ts';

/** The moves that every step of a call is built from. Pure. */

/** The leg after a step, and the actions to enqueue. */
export type Stepped = { readonly leg: CallLeg; readonly actions: readonly CallAction[] };

/** The leg with this outcome if it is better than the current one. The reason belongs to the outcome. */
export function reaching(leg: CallLeg, outcome: Outcome | undefined, reason?: string): CallLeg {
  const best = better(leg.outcome, outcome);
  return best === leg.outcome ? leg : { ...leg, outcome: best, reason };
}

export const stay = (leg: CallLeg): Stepped => ({ leg, actions: [] });

/** Ends the call, or leaves it if it is not ours. Does nothing if the call is over. */
export function hangUp(leg: CallLeg): Stepped {
  if (isOver(leg)) return stay(leg);
  const { asked, operationContext } = ask(leg, 'hang-up');
  return {
    leg: { ...asked, stage: 'leaving' },
    actions: [{ queue: 'hang-up', message: { ...hangingUp(leg), operationContext } }],
  };
}

/** Names the next action of the call and waits for its effect. The name is the same each time this step is computed. */
export function ask(leg: CallLeg, action: string): { asked: CallLeg; operationContext: string } {
  const actions = leg.actions + 1;
  const operationContext = `${action}-${actions}`;
  return { asked: { ...leg, actions, awaits: operationContext }, operationContext };
}

const SCRIPTED = /^[a-z-]+-(\d+)$/;

/** True for names that this file gives: such actions are recorded with the event that caused them. */
export const isScripted = (operationContext: string): boolean => SCRIPTED.test(operationContext);

/** True for an action that the script asked for and no longer waits for. */
export function isOvertaken(leg: CallLeg, operationContext: string): boolean {
  const [, number] = operationContext.match(SCRIPTED) ?? [];
  return number !== undefined && Number(number) <= leg.actions && leg.awaits !== operationContext;
}

/** Plays the message, again for a replay. The first time in a call it also starts listening for keys. */
export function playMessage(leg: CallLeg, script: CallScript, answeredAt?: string): Stepped {
  const listen = leg.plays === 0 && Object.keys(script.keys).length > 0;
  return play({ ...leg, plays: leg.plays + 1 }, 'message', script.message, {
    ...(listen && { listen }),
    ...(answeredAt !== undefined && { answeredAt }),
  });
}

/** Plays an audio file or text, and makes it the audio whose end the call waits for. */
export function play(
  leg: CallLeg,
  stage: 'message' | 'thanks' | 'unavailable',
  sound: Sound,
  more: Pick<PlayAudio, 'listen' | 'answeredAt'> = {},
): Stepped {
  const { asked, operationContext } = ask(leg, stage);
  const source = typeof sound === 'string' ? { audioFileUri: sound } : { speech: sound };
  const message = { callLegId: leg.callLegId, ...source, ...more, operationContext };
  return { leg: { ...asked, stage, audio: operationContext }, actions: [{ queue: 'play-audio', message }] };
}

/** Hangs up after the key wait, unless the call waits for something else by then. */
export function waitForKey(leg: CallLeg, script: CallScript): Stepped {
  if (script.keyWaitSeconds === 0 || Object.keys(script.keys).length === 0) return hangUp(leg);
  return hangUpAfter({ ...leg, stage: 'waiting' }, script.keyWaitSeconds);
}

/** Hangs up after a delay in seconds, unless the call waits for something else by then. */
export function hangUpAfter(leg: CallLeg, delaySeconds: number): Stepped {
  const { asked, operationContext } = ask(leg, 'hang-up');
  const message = { ...hangingUp(leg), operationContext, onlyIfAwaited: true };
  return { leg: asked, actions: [{ queue: 'hang-up', message, delaySeconds }] };
}

/** In a call that is not ours we only leave; we do not end it. */
const hangingUp = ({ callLegId, purpose }: CallLeg) => ({
  callLegId,
  ...(purpose.kind === 'request' && purpose.as && { leave: true }),
});
