import { InvalidInputError, NobodyToInviteError, NoFreeLineError } from '../base/errors.ts';
import { type Identifier, identityOf } from '../call-automation/identifiers.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { mustBeReachable, mustEnter } from '../call-automation/reach.ts';
import { addressOf, type InviteParticipants } from '../rules/calls/actions.ts';
import type { CallLeg } from '../rules/calls/leg.ts';
import { isScripted } from '../rules/calls/moves.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';
import { memberOf } from '../rules/must-be-callable.ts';
import type { Handled, Services } from '../services/services.ts';
import { applyCallEvent } from './apply-event.ts';
import { pass, problemsOfCaller, refusalOf } from './gate.ts';
import { isPhone, lineOfCall, type OwnLine, takeOperatorLines } from './operator-lines.ts';
import { performAction } from './perform-action.ts';

type Invitation = InviteParticipants & { readonly operationContext: string };

/**
 * Invites participants once. Each phone number takes a line of the number that it is called from. If there is none, or an
 * operator may not be called, or not by this caller, the script goes on as if the operator had declined, so that the callee
 * hears that nobody is available.
 * @throws NoFreeLineError if an invitation by hand finds no free line; the host tries again. InvalidInputError if it names
 * people who may not be called, or not by this caller.
 */
export async function inviteParticipants(services: Services, message: Invitation, messageId: string): Promise<Handled> {
  const problems = problemsOfCaller(services, 'alternateCallerId.value', message.alternateCallerId?.value);
  if (problems.length > 0) throw new InvalidInputError(NOBODY, problems);
  if (message.conversationId !== undefined) mustEnter(services.calls, NOBODY);
  const address = addressOf(message).id;
  return performAction(services, { queue: 'invite-participants', address, message }, (as) =>
    invite(services, message, messageId, as),
  );
}

async function invite(services: Services, message: Invitation, messageId: string, as: RequestIdentity): Promise<void> {
  const { participants, caller, left } = await whomToCall(services, message);
  if (participants.length > 0) {
    await services.calls.inviteParticipants(
      addressOf(message).address,
      {
        participants,
        caller,
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await services.callbacks.errandUri(messageId) }),
      },
      as,
    );
  }
  if (left) await decline(services, left.leg, message.operationContext, left.operators);
  if (participants.length === 0) throw new NobodyToInviteError(left?.why ?? NO_LINE);
}

const NOBODY = 'Nobody can be invited';
const OUT_OF_REACH = 'The caller of this call cannot call the operator, or not again';
const NO_LINE = 'No line is free for the invited phone';

type Callable = {
  readonly participants: Identifier[];
  readonly caller: string | undefined;
  /** The operators of a script who are not called. */
  readonly left?: { readonly leg: CallLeg; readonly operators: Identifier[]; readonly why: string } | undefined;
};

/** @throws InvalidInputError or NoFreeLineError unless everybody can be called, or the script invites them. */
async function whomToCall(services: Services, message: Invitation): Promise<Callable> {
  const { participants, alternateCallerId, operationContext } = message;
  const leg = await legOf(services, message);
  const isByScript = leg !== undefined && isScripted(operationContext);
  const refusals = await refusalsAmong(services, message, isByScript ? leg.purpose : undefined);
  const isPlain = refusals.size === 0 && !participants.some(isPhone) && areUsersCallable(services);
  if (isPlain) return { participants, caller: alternateCallerId?.value };
  const own = leg && (await lineOfCall(services, leg.purpose));
  const why = [...refusals.values()];
  if (!isByScript && why.length > 0) throw new InvalidInputError(NOBODY, why);
  if (!isByScript) mustBeReachable(services.calls, [own?.number], NOBODY, 'participants', participants);
  const allowed = participants.filter((participant) => !refusals.has(participant));
  const reachable = isByScript ? allowed.filter(isReachable(services, leg, own)) : allowed;
  const phones = reachable.filter(isPhone);
  const address = addressOf(message).id;
  const lines = await takeOperatorLines(services, address, own, alternateCallerId?.value, phones.length, !isByScript);
  const called = new Set(phones.slice(0, lines.count));
  const invited = reachable.filter((participant) => !isPhone(participant) || called.has(participant));
  const operators = participants.filter((participant) => !invited.includes(participant));
  if (operators.length > 0 && !isByScript) throw new NoFreeLineError(NO_LINE);
  const noLine = reachable.length === allowed.length ? NO_LINE : OUT_OF_REACH;
  const left = leg && operators.length > 0 ? { leg, operators, why: why.join('; ') || noLine } : undefined;
  return { participants: invited, caller: lines.number, left };
}

/**
 * Who may not be called, and why.
 * @param purpose of the call whose script invites them: no limit applies to the operators of a script, who are called for each
 * callee who asks for them.
 */
async function refusalsAmong(
  services: Services,
  message: Invitation,
  purpose: CallPurpose | undefined,
): Promise<Map<Identifier, string>> {
  const outage = purpose?.kind === 'attempt' ? await services.outages.recent(purpose.outageId) : undefined;
  const operators = new Set(outage?.script.operators.map(identityOf));
  const name = `invitation|${addressOf(message).id}|${message.operationContext}`;
  const refusals = new Map<Identifier, string>();
  for (const [index, person] of message.participants.entries()) {
    const isOperator = operators.has(identityOf(person));
    const obstacle = isOperator ? await refusalOf(services, person) : await pass(services, person, { name });
    if (obstacle) refusals.set(person, `participants.${index}.${memberOf(person)}: ${obstacle.why}`);
  }
  return refusals;
}

const legOf = async ({ legs }: Services, { callLegId }: Invitation): Promise<CallLeg | undefined> =>
  callLegId === undefined ? undefined : (await legs.find(callLegId))?.leg;

/** True if no caller is limited to phones, so that the line of the call need not be looked up. */
const areUsersCallable = ({ calls, settings }: Services): boolean =>
  settings.callers.every(({ number }) => calls.abilitiesOf(number).callsUsers);

/** True for operators whom the caller can call: an account calls phones, and each once in a call. */
function isReachable({ calls }: Services, { dialled = [] }: CallLeg, own: OwnLine | undefined) {
  const { callsUsers, redials } = calls.abilitiesOf(own?.number);
  const called = new Set([...dialled, ...(own?.called ?? []).map(identityOf)]);
  return (operator: Identifier): boolean =>
    (callsUsers || isPhone(operator)) && (redials || !called.has(identityOf(operator)));
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
    data: { callLegId, operationContext, status: 'failed', participants, wasDialled: false },
  });
}
