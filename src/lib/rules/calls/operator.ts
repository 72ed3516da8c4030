import type { KnownCallEvent } from '../../call-automation/events.ts';
import { type EventIdentifier, identityOf } from '../../call-automation/identifiers.ts';
import type { CallLeg, Stage } from './leg.ts';
import { ask, hangUp, play, reaching, type Stepped, stay, waitForKey } from './moves.ts';
import type { CallScript } from './script.ts';

/** The operator in a call: invited, joined, gone. Pure. */

type Of<Type extends KnownCallEvent['type']> = Extract<KnownCallEvent, { type: Type }>;
type Plan = {
  readonly script?: CallScript | undefined;
  /** Who of the participants is the callee. We may be in the list too, under an identifier that we do not know. */
  readonly isCallee?: ((who: EventIdentifier) => boolean) | undefined;
};

/** Invites all operators of the script at once. */
export function invite(leg: CallLeg, script: CallScript): Stepped {
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

/** The stages in which an operator may still join: one of several may answer after another has declined. */
const INVITING: ReadonlySet<Stage> = new Set(['inviting', 'unavailable', 'waiting']);

/** Applies the answer of an operator. Once all have refused, plays `unavailable`, or waits for a key without it. */
export function onInvited(
  leg: CallLeg,
  { data, occurredAt }: Of<'InviteParticipantResult'>,
  { script }: Plan,
): Stepped {
  const isOurs = leg.invitation !== undefined && (data.operationContext ?? leg.invitation) === leg.invitation;
  if (!script || !isOurs || !INVITING.has(leg.stage)) return stay(leg);
  if (data.status === 'completed') return joined(leg, occurredAt);
  if (data.status !== 'failed' || leg.stage !== 'inviting') return stay(leg);
  const refusing = (data.participants ?? script.operators).map(identityOf);
  const refused = new Set([...(leg.refusedBy ?? []), ...refusing]);
  const dialled = data.wasDialled === false ? leg.dialled : [...new Set([...(leg.dialled ?? []), ...refusing])];
  const alone = { ...leg, refusedBy: [...refused], dialled };
  if (script.operators.some((operator) => !refused.has(identityOf(operator)))) return stay(alone);
  return script.unavailable ? play(alone, 'unavailable', script.unavailable) : waitForKey(alone, script);
}

function joined(leg: CallLeg, at: string): Stepped {
  const connected = reaching({ ...leg, stage: 'talking', awaits: undefined, joinedAt: at }, 'connected');
  const newest = leg.participantsAt;
  // A newer participant list may have arrived first and may already say that they have parted.
  if (newest === undefined || Date.parse(newest) <= Date.parse(at)) return stay({ ...connected, participantsAt: at });
  return leg.isTogether ? stay(connected) : hangUp(connected);
}

/** The operator and the callee stay until one of them leaves; then the call ends for the other. */
export function onParticipants(
  leg: CallLeg,
  event: Of<'ParticipantsUpdated'>,
  { script, isCallee = nobody }: Plan,
): Stepped {
  if (isStale(leg, event)) return stay(leg);
  const { data, occurredAt } = event;
  const operators = new Set(script?.operators.map(identityOf));
  const present = data.participants.map(({ identifier }) => identifier);
  const isTogether = present.some((who) => operators.has(identityOf(who))) && present.some(isCallee);
  const informed = { ...leg, participantsAt: occurredAt, participantsSequence: data.sequence, isTogether };
  // The participant list may be the only sign that the invitation succeeded.
  if (leg.stage === 'inviting' && isTogether) return joined(informed, occurredAt);
  return leg.stage === 'talking' && !isTogether ? hangUp(informed) : stay(informed);
}

/** With sequence numbers, times need not follow. But a list from before an operator joined says nothing about them. */
function isStale(leg: CallLeg, { data, occurredAt }: Of<'ParticipantsUpdated'>): boolean {
  if (data.sequence === undefined || leg.participantsSequence === undefined) {
    return isBefore(occurredAt, leg.participantsAt);
  }
  return data.sequence < leg.participantsSequence || isBefore(occurredAt, leg.joinedAt);
}

const isBefore = (time: string, other: string | undefined): boolean =>
  other !== undefined && Date.parse(time) < Date.parse(other);

const nobody = (): boolean => false;
