import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { addressOf, RemoveParticipant } from '../lib/calls/actions.ts';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('removeParticipant', {
  queueName: 'remove-participant',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'remove-participant', RemoveParticipant, (given, messageId) => {
    const message = named(given, messageId);
    const { id, address } = addressOf(message);
    return performAction(services, { queue: 'remove-participant', address: id, message }, () =>
      services.calls.removeParticipant(address, message.participantId),
    );
  }),
});
