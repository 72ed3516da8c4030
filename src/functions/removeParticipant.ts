import { mustEnter } from '../lib/call-automation/reach.ts';
import { addressOf, RemoveParticipant } from '../lib/rules/calls/actions.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction(
  'remove-participant',
  RemoveParticipant,
  async ({ calls, callbacks }, message, as, messageId) => {
    const isOutOfCall = message.conversationId !== undefined;
    if (isOutOfCall) mustEnter(calls, 'Nobody can be removed');
    await calls.removeParticipant(
      addressOf(message).address,
      {
        participantId: message.participantId,
        operationContext: message.operationContext,
        ...(isOutOfCall && { callbackUri: await callbacks.errandUri(messageId) }),
      },
      as,
    );
  },
);
