import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { CancelMedia } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('cancelMedia', {
  queueName: 'cancel-media',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(
    services,
    'cancel-media',
    CancelMedia,
    ({ callLegId, operationContext: given, onlyIfAwaited }, messageId) => {
      const operationContext = given ?? messageId;
      const asked = { address: callLegId, operationContext, action: 'cancelMedia', onlyIfAwaited };
      return performAction(services, asked, (as) =>
        services.calls.cancelMediaProcessing(callLegId, operationContext, as),
      );
    },
  ),
});
