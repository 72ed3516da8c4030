import type { AudioEnd, CallEvent, KnownCallEvent } from '../../call-automation/events.ts';
import type { EventIdentifier } from '../../call-automation/identifiers.ts';
import { type Ending, endingOf, SILENT } from './endings.ts';
import { type CallLeg, LegState, type Stage } from './leg.ts';
import { ask, hangUp, hangUpAfter, play, playMessage, reaching, type Stepped, stay, waitForKey } from './moves.ts';
import { invite, onInvited, onParticipants } from './operator.ts';
import type { Outcome } from './outcome.ts';
import { type CallScript, type KeyMeaning, meaningOf } from './script.ts';

/** What a step needs besides the leg and the event. */
export type CallPlan = {
  /** The script, if the call has one. */
  readonly script?: CallScript | undefined;
  /** Who of the participants is the callee of an attempt. */
  readonly isCallee?: ((who: EventIdentifier) => boolean) | undefined;
  /** The service reports the start of audio. Otherwise accepted or cancelled audio counts as begun. */
  readonly reportsAudioStart?: boolean | undefined;
  /** The service accepted the request for the audio that is playing. */
  readonly isAudioAccepted?: boolean | undefined;
};

/** A callee who keeps asking to hear the message again cannot keep the line for ever. */
const MAX_PLAYS = 10;

/**
 * Applies one event to a call leg. Returns the leg after it, and the actions to request.
 * Pure and monotonic: events may arrive in any order; a state never goes back and an outcome never gets worse.
 * The caller makes sure that an event counts once (storage/call-legs.ts).
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
      return onAudio(leg, event, plan);
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
    ...(state.data === 'established' ? pickedUp(leg, plan) : leg),
    conversationId: leg.conversationId ?? data.conversationId,
  };
  if (!isLater(state.data, leg.state)) return stay(seen);
  const moved = { ...seen, state: state.data };
  if (state.data === 'established' && leg.stage === 'ringing') return begin(moved, plan, occurredAt);
  if (state.data !== 'terminated') return stay(moved);
  const ending = leg.answered ? endingOfAnswered(leg, plan) : endingOf(data.ending);
  const isKnown = leg.outcome !== undefined && leg.outcome !== 'unknown';
  const said = leg.answered ? undefined : data.ending;
  const ended = isKnown ? moved : { ...moved, reason: undefined, ...ending, ...(said && { ending: said }) };
  const { codes } = data;
  return stay({ ...ended, stage: 'ended', awaits: undefined, endedAt: occurredAt, ...(codes && { codes }) });
}

const isLater = (a: LegState, b: LegState): boolean => LegState.options.indexOf(a) > LegState.options.indexOf(b);

/** The call ends, somebody answered it, and no event says that they heard anything. */
export const isUnprovenEnd = (leg: CallLeg, event: CallEvent): boolean =>
  event.type === 'CallLegStateChanged' &&
  event.data.callState === 'terminated' &&
  leg.answered &&
  !leg.hasHeard &&
  leg.outcome === undefined;

/** Somebody who answered a call that stayed silent knows nothing: without evidence of audio, the call failed. */
const endingOfAnswered = (leg: CallLeg, plan: CallPlan): Ending =>
  isHeard(leg, plan) ? { outcome: 'answered' } : { outcome: 'failed', reason: SILENT };

/** A call without a script plays nothing by itself, so there is nothing to prove. */
const isHeard = ({ hasHeard }: CallLeg, { script, isAudioAccepted }: CallPlan): boolean =>
  script === undefined || hasHeard === true || isAudioAccepted === true;

/** The callee answered. If the call has ended already, that improves its outcome. */
function pickedUp(leg: CallLeg, plan: CallPlan): CallLeg {
  const answered = { ...leg, answered: true };
  return leg.outcome && isHeard(leg, plan) ? reaching(answered, 'answered') : answered;
}

/** A key or the start of audio proves that the callee answered and heard, even if it arrives before the answer or after the end. */
const heard = (leg: CallLeg, plan: CallPlan): CallLeg => pickedUp({ ...leg, hasHeard: true }, plan);

function begin(leg: CallLeg, { script }: CallPlan, answeredAt: string): Stepped {
  if (script) return playMessage(leg, script, answeredAt);
  const waiting: CallLeg = { ...leg, stage: 'waiting' };
  return isErrand(leg) ? hangUpAfter(waiting, ERRAND_SECONDS) : stay(waiting);
}

/** Longer than any phone rings (ACS: an invitation lasts at most three minutes). */
const ERRAND_SECONDS = 200;

const isErrand = ({ purpose }: CallLeg): boolean => purpose.kind === 'request' && purpose.as === 'errand';

// --- Keys

/** The stages in which a key can still change the course of the call. In others, only its outcome counts. */
const LISTENING: ReadonlySet<Stage> = new Set(['ringing', 'message', 'waiting', 'cancelling', 'unavailable']);

const KEY_OUTCOMES: Partial<Record<KeyMeaning, Outcome>> = { acknowledge: 'acknowledged', optOut: 'optedOut' };

function onTone(leg: CallLeg, { data, occurredAt }: Of<'DtmfReceived'>, plan: CallPlan): Stepped {
  const { script } = plan;
  // The event does not say who pressed the key. Once an operator is in the call, it may be theirs.
  if (leg.joinedAt && Date.parse(occurredAt) > Date.parse(leg.joinedAt)) return stay(leg);
  const meaning = script && meaningOf(script, data.toneInfo.tone);
  const picked = heard(leg, plan);
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

/** Messages on two queues have no order, so what must follow the audio waits for the event that reports its end. */
function afterAudio(leg: CallLeg, next: Following, script: CallScript): Stepped {
  if (leg.audio === undefined) return FOLLOW[next](leg, script);
  // An earlier key already stops the audio. The later key changes what follows, but never withdraws the thanks.
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

function onAudio(leg: CallLeg, { data }: Of<'PlayAudioResult'>, plan: CallPlan): Stepped {
  if (data.status === 'notStarted') return stay(leg);
  if (data.status === 'running') return stay(heard(leg, plan));
  const { script } = plan;
  const context = data.operationContext ?? leg.audio;
  const result = data.ended ?? (data.status === 'failed' ? 'failed' : 'completed');
  const isProof = result === 'completed' || (result === 'cancelled' && !plan.reportsAudioStart);
  const proven = isProof ? heard(leg, plan) : leg;
  const known = result === 'completed' ? heardToItsEnd(proven, context) : proven;
  // A cancelled audio may carry the context of the request that cancelled it; the reference page leaves this open.
  const isOurs = context === leg.audio || (leg.stage === 'cancelling' && context === leg.awaits);
  const onward = AFTER_AUDIO[leg.stage];
  if (!script || !isOurs || !onward) return stay(known);
  return onward({ ...known, audio: undefined, next: undefined }, script, result, leg.next);
}

const heardToItsEnd = (leg: CallLeg, context: string | undefined): CallLeg =>
  context?.startsWith('message-') ? reaching(leg, 'heard') : leg;

type AfterAudio = (leg: CallLeg, script: CallScript, result: AudioEnd, next: Following | undefined) => Stepped;

const AFTER_AUDIO: Partial<Record<Stage, AfterAudio>> = {
  message: (leg, script, result) => {
    if (result === 'failed') return hangUp(reaching(leg, 'failed', 'audioFailed'));
    return result === 'completed' && leg.plays <= script.replays ? playMessage(leg, script) : waitForKey(leg, script);
  },
  cancelling: (leg, script, _result, next) => (next ? FOLLOW[next](leg, script) : hangUp(leg)),
  thanks: (leg) => hangUp(leg),
  unavailable: (leg, script) => waitForKey(leg, script),
};
