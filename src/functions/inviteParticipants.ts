import { inviteParticipants } from '../lib/calls/invite.ts';
import { InviteParticipants } from '../lib/rules/calls/actions.ts';
import { queueFunction } from '../lib/triggers/queue-function.ts';

export default queueFunction('invite-participants', InviteParticipants, (services, given, messageId) =>
  inviteParticipants(services, { ...given, operationContext: given.operationContext ?? messageId }, messageId),
);
