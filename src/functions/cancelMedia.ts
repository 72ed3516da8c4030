import { app } from '@azure/functions';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { CancelMedia } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

app.storageQueue('cancelMedia', {
  queueName: 'cancel-media',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'cancel-media', CancelMedia, (given, messageId) => {
    const message = named(given, messageId);
    const { callLegId, operationContext } = message;
    return performAction(services, { queue: 'cancel-media', address: callLegId, message }, (as) =>
      services.calls.cancelMediaProcessing(callLegId, operationContext, as),
    );
  }),
});
