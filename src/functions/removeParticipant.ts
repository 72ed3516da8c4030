import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { addressOf, RemoveParticipant } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('removeParticipant', {
  queueName: 'remove-participant',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'remove-participant', RemoveParticipant, (message, messageId) => {
    const call = addressOf(message);
    const operationContext = message.operationContext ?? messageId;
    return performAction(services, { address: call.id, operationContext, action: 'removeParticipant' }, () =>
      services.calls.removeParticipant(call.address, message.participantId),
    );
  }),
});
