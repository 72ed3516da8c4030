import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { CancelMedia } from '../lib/calls/actions.ts';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

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
