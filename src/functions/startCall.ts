import { z } from 'zod';
import { startRequestedCall } from '../lib/calls/requested-calls.ts';
import { orSendAgain } from '../lib/calls/send-again.ts';
import { startAttempt } from '../lib/calls/start-attempt.ts';
import { untilTurn } from '../lib/outages/turns.ts';
import { isAttempt, StartAttempt, StartRequestedCall } from '../lib/rules/calls/actions.ts';
import { queueFunction } from '../lib/triggers/queue-function.ts';

/** Places a call: an attempt of an outage, or a call requested by hand. */
export default queueFunction(
  'start-call',
  z.union([StartAttempt, StartRequestedCall]),
  (services, given, messageId) => {
    if (isAttempt(given)) {
      const { resent: _, notBefore, ...ref } = given;
      return orSendAgain(services, 'start-call', given, async () => {
        if (notBefore !== undefined) await untilTurn(services, new Date(notBefore));
        return startAttempt(services, ref);
      });
    }
    // The message has another id when it is sent again, and must still be the same request.
    const { resent, ...message } = { ...given, requestId: given.requestId ?? messageId };
    return orSendAgain(services, 'start-call', { ...message, resent }, () =>
      startRequestedCall(services, message, messageId),
    );
  },
);
