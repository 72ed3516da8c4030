import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import type { InviteParticipantsRequest } from '../../src/lib/call-automation/requests.ts';
import { notNow } from '../base/refusal.ts';
import type { Result } from '../base/result.ts';
import type { CallLeg } from './call.ts';
import type { Records } from './records.ts';

/**
 * Calls people into the conversation of a call. The first person to answer completes the invitation. It fails if
 * nobody answers.
 * @throws Refusal if a phone number is invited without a caller number.
 */
export function invite(records: Records, leg: CallLeg, request: InviteParticipantsRequest): void {
  const { participants, operationContext = null, callbackUri } = request;
  mustNameCaller('alternateCallerId', request.alternateCallerId, participants);
  const tell = (who: readonly Identifier[], failure: Result | null): void =>
    leg.tell({ what: 'invited', operationContext, participants: who, failure }, callbackUri);
  let ringing = participants.length;
  let isAnswered = false;
  for (const identifier of participants) {
    records.invites(identityOf(identifier));
    leg.conversation.ring({
      identifier,
      role: 'invited',
      leg,
      answered: () => {
        ringing--;
        if (!isAnswered) tell([identifier], null);
        isAnswered = true;
      },
      failed: (reason) => {
        ringing--;
        if (isAnswered || ringing > 0) return;
        tell(participants, reason);
      },
    });
  }
}

/**
 * "Alternate phone number required when inviting phone number" (reference page, Invite participant).
 * @throws Refusal if a phone number is called without a caller number.
 */
export function mustNameCaller(field: string, caller: object | undefined, called: readonly Identifier[]): void {
  if (caller || !called.some((identifier) => identifier.phoneNumber)) return;
  throw notNow('InvalidRequest', `The body does not fit: ${field}: is needed to call a phone number`);
}
