import { app } from '@azure/functions';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { addressOf, InviteParticipants } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

app.storageQueue('inviteParticipants', {
  queueName: 'invite-participants',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'invite-participants', InviteParticipants, async (given, messageId) => {
    const message = named(given, messageId);
    const { id, address } = addressOf(message);
    const request = {
      participants: message.participants,
      alternateCallerId: message.alternateCallerId ?? callerIdFor(message),
      operationContext: message.operationContext,
      ...(message.conversationId !== undefined && { callbackUri: await callbackFor(messageId) }),
    };
    return performAction(services, { queue: 'invite-participants', address: id, message }, (as) =>
      services.calls.inviteParticipants(address, request, as),
    );
  }),
});

/** A phone can be invited only with a number of ours to show (reference page, Invite participant). */
function callerIdFor({ participants }: InviteParticipants): { value: string } | undefined {
  const [caller] = services.settings.callers;
  return caller && participants.some(({ phoneNumber }) => phoneNumber) ? { value: caller.number } : undefined;
}

/** Out of call we have no leg whose events would tell the result (reference page, Invite participants: the callback URL). */
const callbackFor = (requestId: string): Promise<string> =>
  services.callbacks.uriFor({ kind: 'request', requestId, as: 'errand' });
