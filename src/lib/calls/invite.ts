import { NoFreeLineError } from '../base/errors.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { addressOf, type InviteParticipants } from '../rules/calls/actions.ts';
import type { CallLeg } from '../rules/calls/leg.ts';
import { isScripted } from '../rules/calls/moves.ts';
import { mustBeCallable } from '../rules/must-be-callable.ts';
import type { Handled, Services } from '../services/services.ts';
import { applyCallEvent } from './apply-event.ts';
import { isPhone, lineOfCall, takeOperatorLines } from './operator-lines.ts';
import { performAction } from './perform-action.ts';

type Invitation = InviteParticipants & { readonly operationContext: string };

/**
 * Invites participants once. Each phone number takes a line of the number that it is called from. If there is none, the
 * script goes on as if the operator had declined, so that the callee hears that nobody is available.
 * @throws NoFreeLineError if an invitation by hand finds no free line; the host tries again.
 */
export async function inviteParticipants(services: Services, message: Invitation, messageId: string): Promise<Handled> {
  mustBeCallable(services.settings.numbers, 'Nobody can be invited', 'participants', message.participants);
  const address = addressOf(message).id;
  return performAction(services, { queue: 'invite-participants', address, message }, (as) =>
    invite(services, message, messageId, as),
  );
}

async function invite(services: Services, message: Invitation, messageId: string, as: RequestIdentity): Promise<void> {
  const { participants, caller, left } = await withLines(services, message);
  if (participants.length > 0) {
    await services.calls.inviteParticipants(
      addressOf(message).address,
      {
        participants,
        alternateCallerId: caller,
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await services.callbacks.errandUri(messageId) }),
      },
      as,
    );
  }
  if (left) await decline(services, left.leg, message.operationContext, left.operators);
  if (participants.length === 0) throw new NoFreeLineError(NO_LINE);
}

const NO_LINE = 'No line is free for the invited phone';

type Callable = {
  readonly participants: Identifier[];
  readonly caller: InviteParticipants['alternateCallerId'];
  /** The operators of a script for whom there is no line. */
  readonly left?: { readonly leg: CallLeg; readonly operators: Identifier[] } | undefined;
};

async function withLines(services: Services, message: Invitation): Promise<Callable> {
  const { participants, alternateCallerId, callLegId, operationContext } = message;
  const phones = participants.filter(isPhone);
  if (phones.length === 0) return { participants, caller: alternateCallerId };
  const leg = callLegId === undefined ? undefined : (await services.legs.find(callLegId))?.leg;
  const own = leg && (await lineOfCall(services, leg.purpose));
  const address = addressOf(message).id;
  const lines = await takeOperatorLines(services, address, own, alternateCallerId?.value, phones.length);
  const called = new Set(phones.slice(0, lines.count));
  const operators = phones.filter((phone) => !called.has(phone));
  const caller = lines.number === undefined ? undefined : { value: lines.number };
  if (operators.length > 0 && !(leg && isScripted(operationContext))) throw new NoFreeLineError(NO_LINE);
  return {
    participants: participants.filter((participant) => !isPhone(participant) || called.has(participant)),
    caller,
    left: leg && operators.length > 0 ? { leg, operators } : undefined,
  };
}

/** Nobody calls these operators: the call goes on as if they had declined. */
async function decline(
  services: Services,
  { callLegId, purpose }: CallLeg,
  operationContext: string,
  participants: Identifier[],
): Promise<void> {
  await applyCallEvent(services, purpose, {
    type: 'InviteParticipantResult',
    occurredAt: services.now().toISOString(),
    data: { callLegId, operationContext, status: 'failed', participants },
  });
}
