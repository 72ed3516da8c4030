import { z } from 'zod';
import { startRequestedCall } from '../lib/calls/requested-calls.ts';
import { startAttempt } from '../lib/calls/start-attempt.ts';
import { StartAttempt, StartRequestedCall } from '../lib/rules/calls/actions.ts';
import { queueFunction } from '../lib/triggers/queue-function.ts';

/** Places a call: an attempt of an outage, or a call requested by hand. */
export default queueFunction(
  'start-call',
  z.union([StartAttempt, StartRequestedCall]),
  (services, message, messageId) =>
    'outageId' in message ? startAttempt(services, message) : startRequestedCall(services, message, messageId),
);
