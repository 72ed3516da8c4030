import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { HangUp } from '../lib/calls/actions.ts';
import { performAction } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('hangUp', {
  queueName: 'hang-up',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(
    services,
    'hang-up',
    HangUp,
    ({ callLegId, leave = false, operationContext: given, onlyIfAwaited }, messageId) => {
      const operationContext = given ?? messageId;
      const asked = { address: callLegId, operationContext, action: 'hangUp', endsCall: true, onlyIfAwaited };
      return performAction(services, asked, (as) => services.calls.hangUp(callLegId, { leave }, as));
    },
  ),
});
