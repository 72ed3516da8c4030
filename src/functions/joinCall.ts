import { app } from '@azure/functions';
import { joinCall } from '../lib/calls/requested-calls.ts';
import { JoinCall } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

/** Joins a conversation that goes on already. */
app.storageQueue('joinCall', {
  queueName: 'join-call',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'join-call', JoinCall, (message, messageId) => joinCall(services, message, messageId)),
});
