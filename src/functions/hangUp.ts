import { app } from '@azure/functions';
import { named, performAction } from '../lib/calls/perform-action.ts';
import { HangUp } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

app.storageQueue('hangUp', {
  queueName: 'hang-up',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'hang-up', HangUp, (given, messageId) => {
    const message = named(given, messageId);
    const { callLegId, leave = false } = message;
    return performAction(services, { queue: 'hang-up', address: callLegId, message }, (as) =>
      services.calls.hangUp(callLegId, { leave }, as),
    );
  }),
});
