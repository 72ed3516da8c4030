import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { CancelMedia } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('cancelMedia', {
  queueName: 'cancel-media',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(CancelMedia, ({ callLegId, operationContext: given }, messageId) => {
    const operationContext = given ?? messageId;
    return performAction(services, { address: callLegId, operationContext, action: 'cancelMedia' }, () =>
      services.calls.cancelMediaProcessing(callLegId, operationContext),
    );
  }),
});
