import { app } from '@azure/functions';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { addressOf, RemoveParticipant } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

app.storageQueue('removeParticipant', {
  queueName: 'remove-participant',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'remove-participant', RemoveParticipant, async (given, messageId) => {
    const message = named(given, messageId);
    const { id, address } = addressOf(message);
    const request = {
      participantId: message.participantId,
      operationContext: message.operationContext,
      ...(message.conversationId !== undefined && { callbackUri: await callbackFor(messageId) }),
    };
    return performAction(services, { queue: 'remove-participant', address: id, message }, (as) =>
      services.calls.removeParticipant(address, request, as),
    );
  }),
});

/** A service that must be in a call to act on it tells there what happens in it. */
const callbackFor = (requestId: string): Promise<string> =>
  services.callbacks.uriFor({ kind: 'request', requestId, as: 'errand' });
