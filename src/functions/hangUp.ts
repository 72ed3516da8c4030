import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { HangUp } from '../lib/calls/actions.ts';
import { hangUp } from '../lib/calls/perform-action.ts';
import { onMessage } from '../lib/queue-messages.ts';

app.storageQueue('hangUp', {
  queueName: 'hang-up',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(HangUp, (message, messageId) => hangUp(services, message, messageId)),
});
