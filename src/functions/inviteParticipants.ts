import { addressOf, InviteParticipants } from '../lib/rules/calls/actions.ts';
import { mustBeCallable } from '../lib/rules/must-be-callable.ts';
import type { Services } from '../lib/services/services.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction(
  'invite-participants',
  InviteParticipants,
  async ({ calls, callbacks, settings }, message, as, messageId) => {
    mustBeCallable(settings.numbers, 'Nobody can be invited', 'participants', message.participants);
    return calls.inviteParticipants(
      addressOf(message).address,
      {
        participants: message.participants,
        alternateCallerId: message.alternateCallerId ?? callerIdFor(message, settings),
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await callbacks.errandUri(messageId) }),
      },
      as,
    );
  },
);

/** Inviting a phone number requires one of our numbers as caller id (reference page, Invite participant). */
function callerIdFor(
  { participants }: InviteParticipants,
  { callers: [caller] }: Services['settings'],
): { value: string } | undefined {
  return caller && participants.some(({ phoneNumber }) => phoneNumber) ? { value: caller.number } : undefined;
}
