import { CANCELLED_SUBCODE, type CallEvent, type KnownCallEvent } from '../call-automation/events.ts';
import { type EventIdentifier, identityOf } from '../call-automation/identifiers.ts';
import type { Sound } from '../call-automation/speech.ts';
import { better, type Outcome } from '../outages/outcome.ts';
import { recipientIdOf } from '../outages/recipient.ts';
import type { CallAction, PlayAudio } from './actions.ts';
import { type Ending, endingOf } from './endings.ts';
import { type CallLeg, isOver, LegState, type Stage } from './leg.ts';
import { type CallScript, type KeyMeaning, meaningOf } from './script.ts';

/** What a step needs to know of the world: the script, if the call has one. */
export type CallPlan = { readonly script?: CallScript | undefined };

export type Stepped = { readonly leg: CallLeg; readonly actions: readonly CallAction[] };

/** However often the callee asks to hear it again, a call ends. */
const MAX_PLAYS = 10;

/**
 * One event applied to a call leg: the leg after it and the actions that it calls for.
 * Pure and monotonic: events may come in any order; a state never goes back and an outcome never gets worse.
 * That an event counts once is the caller's care (storage/call-legs.ts).
 */
export function step(leg: CallLeg, event: CallEvent, plan: CallPlan, now: Date): Stepped {
  const stepped = applied(leg, event, plan);
  return { ...stepped, leg: { ...stepped.leg, updatedAt: now.toISOString() } };
}

function applied(leg: CallLeg, event: CallEvent, plan: CallPlan): Stepped {
  switch (event.type) {
    case 'CallLegStateChanged':
      return onState(leg, event, plan);
    case 'DtmfReceived':
      return onTone(leg, event, plan);
    case 'PlayAudioResult':
      return onAudioEnded(leg, event, plan);
    case 'InviteParticipantResult':
      return onInvited(leg, event, plan);
    case 'ParticipantsUpdated':
      return onParticipants(leg, event, plan);
    case 'Unknown':
      return stay(leg);
  }
}

type Of<Type extends KnownCallEvent['type']> = Extract<KnownCallEvent, { type: Type }>;

// --- The call's own state

function onState(leg: CallLeg, { data, occurredAt }: Of<'CallLegStateChanged'>, plan: CallPlan): Stepped {
  const state = LegState.safeParse(data.callState);
  if (!state.success) return stay(leg);
  const seen = {
    ...(state.data === 'established' ? pickedUp(leg) : leg),
    conversationId: leg.conversationId ?? data.conversationId,
  };
  if (!isLater(state.data, leg.state)) return stay(seen);
  const moved = { ...seen, state: state.data };
  if (state.data === 'established' && leg.stage === 'ringing') return begin(moved, plan, occurredAt);
  if (state.data !== 'terminated') return stay(moved);
  const ending: Ending = leg.answered ? { outcome: 'answered' } : endingOf(data.resultInfo);
  const isKnown = leg.outcome !== undefined && leg.outcome !== 'unknown';
  const ended = isKnown ? moved : { ...moved, reason: undefined, ...ending };
  return stay({ ...ended, stage: 'ended', awaits: undefined, endedAt: occurredAt });
}

const isLater = (a: LegState, b: LegState): boolean => LegState.options.indexOf(a) > LegState.options.indexOf(b);

/** News from the callee proves that they picked up, even where it overtakes the news of that, or the end of the call. */
function pickedUp(leg: CallLeg): CallLeg {
  if (leg.answered) return leg;
  const answered = { ...leg, answered: true };
  return leg.outcome ? reaching(answered, 'answered') : answered;
}

/** The leg with this outcome, if that is better than what it had. The reason belongs to the outcome. */
function reaching(leg: CallLeg, outcome: Outcome | undefined, reason?: string): CallLeg {
  const best = better(leg.outcome, outcome);
  return best === leg.outcome ? leg : { ...leg, outcome: best, reason };
}

function begin(leg: CallLeg, { script }: CallPlan, answeredAt: string): Stepped {
  if (script) return playMessage(leg, script, answeredAt);
  const waiting: CallLeg = { ...leg, stage: 'waiting' };
  return isErrand(leg) ? hangUpAfter(waiting, ERRAND_SECONDS) : stay(waiting);
}

/** Longer than anybody's phone rings (ACS: an invitation lasts three minutes at most). */
const ERRAND_SECONDS = 200;

const isErrand = ({ purpose }: CallLeg): boolean => purpose.kind === 'request' && purpose.as === 'errand';

// --- Keys

/** Where a key can still change what the call does. Elsewhere it is kept, and an acknowledgement still counts. */
const LISTENING: ReadonlySet<Stage> = new Set(['ringing', 'message', 'waiting', 'cancelling', 'unavailable']);

const KEY_OUTCOMES: Partial<Record<KeyMeaning, Outcome>> = { acknowledge: 'acknowledged', optOut: 'optedOut' };

function onTone(leg: CallLeg, { data, occurredAt }: Of<'DtmfReceived'>, { script }: CallPlan): Stepped {
  // The event does not say who pressed the key: once an operator is in the call it may be theirs.
  if (leg.joinedAt && Date.parse(occurredAt) > Date.parse(leg.joinedAt)) return stay(leg);
  const meaning = script && meaningOf(script, data.toneInfo.tone);
  const picked = pickedUp(leg);
  if (!meaning) return stay(picked);
  const told = reaching({ ...picked, optOut: leg.optOut || meaning === 'optOut' }, KEY_OUTCOMES[meaning]);
  return LISTENING.has(leg.stage) ? KEY_STEPS[meaning](told, script) : stay(told);
}

const KEY_STEPS: Record<KeyMeaning, (leg: CallLeg, script: CallScript) => Stepped> = {
  acknowledge: (leg, script) => (script.thanks ? afterAudio(leg, 'thanks', script) : hangUp(leg)),
  operator: (leg, script) => (script.operators.length > 0 ? afterAudio(leg, 'operator', script) : stay(leg)),
  optOut: (leg) => hangUp(leg),
  replay: (leg, script) => (leg.plays < MAX_PLAYS ? afterAudio(leg, 'message', script) : stay(leg)),
};

type Following = NonNullable<CallLeg['next']>;

/** Two actions on two queues have no order: what must follow the audio's end waits for the event that tells of it. */
function afterAudio(leg: CallLeg, next: Following, script: CallScript): Stepped {
  if (leg.audio === undefined) return FOLLOW[next](leg, script);
  // The audio is being stopped for an earlier key: the later one changes what follows, but thanks are not taken back.
  if (leg.stage === 'cancelling') return stay({ ...leg, next: leg.next === 'thanks' ? leg.next : next });
  const { asked, operationContext } = ask(leg, 'cancel');
  return {
    leg: { ...asked, stage: 'cancelling', next },
    actions: [{ queue: 'cancel-media', message: { callLegId: leg.callLegId, operationContext, onlyIfAwaited: true } }],
  };
}

const FOLLOW: Record<Following, (leg: CallLeg, script: CallScript) => Stepped> = {
  thanks: (leg, script) => (script.thanks ? play(leg, 'thanks', script.thanks) : hangUp(leg)),
  operator: invite,
  message: playMessage,
};

// --- Audio

function onAudioEnded(leg: CallLeg, { data }: Of<'PlayAudioResult'>, { script }: CallPlan): Stepped {
  if (data.status === 'notStarted' || data.status === 'running') return stay(leg);
  const context = data.operationContext ?? leg.audio;
  const result = resultOf(data);
  const heard = result === 'completed' && context?.startsWith('message-') ? reaching(leg, 'heard') : leg;
  // A cancelled audio may be reported under the name of the request that cancelled it; the page leaves this open.
  const isOurs = context === leg.audio || (leg.stage === 'cancelling' && context === leg.awaits);
  const onward = AFTER_AUDIO[leg.stage];
  if (!script || !isOurs || !onward) return stay(heard);
  return onward({ ...heard, audio: undefined, next: undefined }, script, result, leg.next);
}

type AudioResult = 'completed' | 'cancelled' | 'failed';

function resultOf({ status, resultInfo }: Of<'PlayAudioResult'>['data']): AudioResult {
  if (resultInfo?.subcode === CANCELLED_SUBCODE) return 'cancelled';
  return status === 'failed' || (resultInfo?.code ?? 200) >= 300 ? 'failed' : 'completed';
}

type AfterAudio = (leg: CallLeg, script: CallScript, result: AudioResult, next: Following | undefined) => Stepped;

const AFTER_AUDIO: Partial<Record<Stage, AfterAudio>> = {
  message: (leg, script, result) => {
    if (result === 'failed') return hangUp(reaching(leg, 'failed', 'audioFailed'));
    return result === 'completed' && leg.plays <= script.replays ? playMessage(leg, script) : waitForKey(leg, script);
  },
  cancelling: (leg, script, _result, next) => (next ? FOLLOW[next](leg, script) : hangUp(leg)),
  thanks: (leg) => hangUp(leg),
  unavailable: (leg, script) => waitForKey(leg, script),
};

function playMessage(leg: CallLeg, script: CallScript, answeredAt?: string): Stepped {
  const listen = leg.plays === 0 && Object.keys(script.keys).length > 0;
  return play({ ...leg, plays: leg.plays + 1 }, 'message', script.message, {
    ...(listen && { listen }),
    ...(answeredAt !== undefined && { answeredAt }),
  });
}

function play(
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

/** A delayed message hangs up, unless by then the call waits for something else. */
function waitForKey(leg: CallLeg, script: CallScript): Stepped {
  if (script.keyWaitSeconds === 0 || Object.keys(script.keys).length === 0) return hangUp(leg);
  return hangUpAfter({ ...leg, stage: 'waiting' }, script.keyWaitSeconds);
}

function hangUpAfter(leg: CallLeg, delaySeconds: number): Stepped {
  const { asked, operationContext } = ask(leg, 'hang-up');
  const message = { ...hangingUp(leg), operationContext, onlyIfAwaited: true };
  return { leg: asked, actions: [{ queue: 'hang-up', message, delaySeconds }] };
}

/** We leave a call that is not ours, and do not end it. */
const hangingUp = ({ callLegId, purpose }: CallLeg) => ({
  callLegId,
  ...(purpose.kind === 'request' && purpose.as && { leave: true }),
});

// --- The operator

function invite(leg: CallLeg, script: CallScript): Stepped {
  const { asked, operationContext } = ask(leg, 'invite');
  return {
    leg: { ...asked, stage: 'inviting', invitation: operationContext, refusedBy: [] },
    actions: [
      {
        queue: 'invite-participants',
        message: { callLegId: leg.callLegId, participants: script.operators, operationContext },
      },
    ],
  };
}

/** Where an operator may still be let in: one of several may answer after another has declined. */
const INVITING: ReadonlySet<Stage> = new Set(['inviting', 'unavailable', 'waiting']);

function onInvited(leg: CallLeg, { data, occurredAt }: Of<'InviteParticipantResult'>, { script }: CallPlan): Stepped {
  const isOurs = leg.invitation !== undefined && (data.operationContext ?? leg.invitation) === leg.invitation;
  if (!script || !isOurs || !INVITING.has(leg.stage)) return stay(leg);
  if (data.status === 'completed') return joined(leg, occurredAt);
  if (data.status !== 'failed' || leg.stage !== 'inviting') return stay(leg);
  const refused = new Set([...(leg.refusedBy ?? []), ...(data.participants ?? script.operators).map(identityOf)]);
  const alone = { ...leg, refusedBy: [...refused] };
  if (script.operators.some((operator) => !refused.has(identityOf(operator)))) return stay(alone);
  return script.unavailable ? play(alone, 'unavailable', script.unavailable) : waitForKey(alone, script);
}

function joined(leg: CallLeg, at: string): Stepped {
  const connected = reaching({ ...leg, stage: 'talking', awaits: undefined, joinedAt: at }, 'connected');
  const newest = leg.participantsAt;
  // News of who is in the call may have overtaken this, and tell that they have parted already.
  if (newest === undefined || Date.parse(newest) <= Date.parse(at)) return stay({ ...connected, participantsAt: at });
  return leg.isTogether ? stay(connected) : hangUp(connected);
}

/** The operator and the callee stay until they part: once either has left, the other is not kept waiting. */
function onParticipants(leg: CallLeg, event: Of<'ParticipantsUpdated'>, { script }: CallPlan): Stepped {
  if (isStale(leg, event)) return stay(leg);
  const { data, occurredAt } = event;
  const operators = new Set(script?.operators.map(identityOf));
  const present = data.participants.map(({ identifier }) => identifier);
  const isTogether = present.some((who) => operators.has(identityOf(who))) && present.some((who) => isCallee(leg, who));
  const informed = { ...leg, participantsAt: occurredAt, participantsSequence: data.sequence, isTogether };
  // The news that the operator is in the call may be all that is ever heard of the invitation.
  if (leg.stage === 'inviting' && isTogether) return joined(informed, occurredAt);
  return leg.stage === 'talking' && !isTogether ? hangUp(informed) : stay(informed);
}

/** Where the service counts such news their times need not follow; yet none from before an operator came tells of them. */
function isStale(leg: CallLeg, { data, occurredAt }: Of<'ParticipantsUpdated'>): boolean {
  if (data.sequence === undefined || leg.participantsSequence === undefined) {
    return isBefore(occurredAt, leg.participantsAt);
  }
  return data.sequence < leg.participantsSequence || isBefore(occurredAt, leg.joinedAt);
}

const isBefore = (time: string, other: string | undefined): boolean =>
  other !== undefined && Date.parse(time) < Date.parse(other);

/** By the digest that names a recipient: the call is for them, and we are in it too, under a name that we may not know. */
const isCallee = ({ purpose }: CallLeg, who: EventIdentifier): boolean =>
  purpose.kind === 'attempt' && recipientIdOf(who) === purpose.recipientId;

// --- What every step is made of

const stay = (leg: CallLeg): Stepped => ({ leg, actions: [] });

function hangUp(leg: CallLeg): Stepped {
  if (isOver(leg)) return stay(leg);
  const { asked, operationContext } = ask(leg, 'hang-up');
  return {
    leg: { ...asked, stage: 'leaving' },
    actions: [{ queue: 'hang-up', message: { ...hangingUp(leg), operationContext } }],
  };
}

/** Names the next action of the call, the same name each time this step is taken, and waits for its effect. */
function ask(leg: CallLeg, action: string): { asked: CallLeg; operationContext: string } {
  const actions = leg.actions + 1;
  const operationContext = `${action}-${actions}`;
  return { asked: { ...leg, actions, awaits: operationContext }, operationContext };
}

const SCRIPTED = /^[a-z-]+-(\d+)$/;

/** True of a name that this file gives to actions: they are on record with the event that called for them. */
export const isScripted = (operationContext: string): boolean => SCRIPTED.test(operationContext);

/** True of an action that the script asked for and no longer waits for: something else has happened since. */
export function isOvertaken(leg: CallLeg, operationContext: string): boolean {
  const [, number] = operationContext.match(SCRIPTED) ?? [];
  return number !== undefined && Number(number) <= leg.actions && leg.awaits !== operationContext;
}
