import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { addressOf, InviteParticipants } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('inviteParticipants', {
  queueName: 'invite-participants',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'invite-participants', InviteParticipants, async (message, messageId) => {
    const call = addressOf(message);
    const operationContext = message.operationContext ?? messageId;
    const request = {
      participants: message.participants,
      alternateCallerId: message.alternateCallerId ?? callerIdFor(message),
      operationContext,
      ...(message.conversationId !== undefined && { callbackUri: await callbackFor(messageId) }),
    };
    return performAction(services, { address: call.id, operationContext, action: 'inviteParticipants' }, (as) =>
      services.calls.inviteParticipants(call.address, request, as),
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
