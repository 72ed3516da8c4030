import { app } from '@azure/functions';
import { z } from 'zod';
import { services } from '../lib/app.ts';
import { StartAttempt, StartRequestedCall } from '../lib/calls/actions.ts';
import { startRequestedCall } from '../lib/calls/requested-calls.ts';
import { startAttempt } from '../lib/calls/start-attempt.ts';
import { onMessage } from '../lib/queue-messages.ts';

/** Dials: an attempt of an outage, or a call that somebody asked for by hand. */
app.storageQueue('startCall', {
  queueName: 'start-call',
  connection: 'AzureWebJobsStorage',
  handler: onMessage(services, 'start-call', z.union([StartAttempt, StartRequestedCall]), (message, messageId) =>
    'outageId' in message ? startAttempt(services, message) : startRequestedCall(services, message, messageId),
  ),
});
