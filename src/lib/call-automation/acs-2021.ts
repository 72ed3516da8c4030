import { CallClient } from './call-client.ts';
import { ConversationClient } from './conversation-client.ts';
import type { CallAutomation } from './port.ts';

/** The port on the API of the reference page: its two clients, each operation where the page has it. */
export function acs2021(connectionString: string): CallAutomation {
  const inCall = new CallClient(connectionString);
  const outOfCall = new ConversationClient(connectionString);
  return {
    createCall: (request) => inCall.createCall(request),
    joinCall: (conversationId, request) => outOfCall.joinCall(conversationId, request),
    hangUp: (callLegId) => inCall.hangUp(callLegId),
    playAudio: (callLegId, request) => inCall.playAudio(callLegId, request),
    cancelMediaProcessing: (callLegId, context) => inCall.cancelMediaProcessing(callLegId, context),
    inviteParticipants: (call, request) =>
      'callLegId' in call
        ? inCall.inviteParticipants(call.callLegId, request)
        : outOfCall.inviteParticipants(call.conversationId, request),
    removeParticipant: (call, participantId) =>
      'callLegId' in call
        ? inCall.removeParticipant(call.callLegId, participantId)
        : outOfCall.removeParticipant(call.conversationId, participantId),
  };
}
