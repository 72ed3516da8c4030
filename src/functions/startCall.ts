import { app } from '@azure/functions';
import { z } from 'zod';
import { startRequestedCall } from '../lib/calls/requested-calls.ts';
import { startAttempt } from '../lib/calls/start-attempt.ts';
import { StartAttempt, StartRequestedCall } from '../lib/rules/calls/actions.ts';
import { services } from '../lib/services/compose.ts';
import { onMessage } from '../lib/triggers/queue-messages.ts';

/** Dials: an attempt of an outage, or a call that somebody asked for by hand. */
app.storageQueue('startCall', {
  queueName: 'start-call',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'start-call', z.union([StartAttempt, StartRequestedCall]), (message, messageId) =>
    'outageId' in message ? startAttempt(services, message) : startRequestedCall(services, message, messageId),
  ),
});
