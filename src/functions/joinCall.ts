import { app } from '@azure/functions';
import { services } from '../lib/app.ts';
import { JoinCall } from '../lib/calls/actions.ts';
import { joinCall } from '../lib/calls/requested-calls.ts';
import { onMessage } from '../lib/queue-messages.ts';

/** Joins a conversation that goes on already. */
app.storageQueue('joinCall', {
  queueName: 'join-call',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'join-call', JoinCall, (message, messageId) => joinCall(services, message, messageId)),
});
