import { addressOf, RemoveParticipant } from '../lib/rules/calls/actions.ts';
import { actionFunction } from '../lib/triggers/queue-function.ts';

export default actionFunction(
  'remove-participant',
  RemoveParticipant,
  async ({ calls, callbacks }, message, as, messageId) =>
    calls.removeParticipant(
      addressOf(message).address,
      {
        participantId: message.participantId,
        operationContext: message.operationContext,
        ...(message.conversationId !== undefined && { callbackUri: await callbacks.errandUri(messageId) }),
      },
      as,
    ),
);
