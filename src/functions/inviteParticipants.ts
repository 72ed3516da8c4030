import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { addressOf, InviteParticipants } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('inviteParticipants', {
  queueName: 'invite-participants',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(InviteParticipants, (message, messageId) => {
    const call = addressOf(message);
    const operationContext = message.operationContext ?? messageId;
    return performAction(services, { address: call.id, operationContext, action: 'inviteParticipants' }, () =>
      services.calls.inviteParticipants(call.address, {
        participants: message.participants,
        alternateCallerId: message.alternateCallerId ?? callerIdFor(message),
        operationContext,
      }),
    );
  }),
});

/** A phone can be invited only with a number of ours to show (reference page, Invite participant). */
function callerIdFor({ participants }: InviteParticipants): { value: string } | undefined {
  const [caller] = services.settings.callers;
  return caller && participants.some(({ phoneNumber }) => phoneNumber) ? { value: caller.number } : undefined;
}
