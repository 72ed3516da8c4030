import { InvalidInputError } from '../base/errors.ts';
import { ACS_NUMBER } from './acs-number.ts';
import { CallClient } from './call-client.ts';
import { ConversationClient } from './conversation-client.ts';
import { bare } from './identifiers.ts';
import type { CallAutomation, EnterCallRequest, PlayRequest } from './port.ts';
import type { PlayAudioRequest } from './requests.ts';
import { WHY_SILENT } from './speech.ts';

/**
 * Implements the port with the two clients of the 2021 API (reference page). This API has no request ids for safe
 * retries, reports every key without being asked, and hanging up one leg never ends the call of the others.
 * @param sourceIdentity the ACS user that places the calls.
 */
export function acs2021(connectionString: string, sourceIdentity: string): CallAutomation {
  const inCall = new CallClient(connectionString);
  const outOfCall = new ConversationClient(connectionString);
  const source = { communicationUser: { id: sourceIdentity } };
  return {
    isRepeatable: false,
    speaks: false,
    listens: true,
    reportsAudioStart: false,
    joins: true,
    abilitiesOf: () => ACS_NUMBER,
    createCall: ({ targets, caller, ...request }) =>
      inCall.createCall({
        source,
        targets: targets.map(bare),
        ...(caller !== undefined && { sourceAlternateIdentity: { value: caller } }),
        ...placing(request),
      }),
    joinCall: (conversationId, request) => outOfCall.joinCall(conversationId, { source, ...placing(request) }),
    hangUp: (callLegId) => inCall.hangUp(callLegId),
    playAudio: async (callLegId, request) => inCall.playAudio(callLegId, audioOf(request)),
    cancelMediaProcessing: (callLegId, context) => inCall.cancelMediaProcessing(callLegId, context),
    inviteParticipants: (call, { caller, participants, ...given }) => {
      const shown = caller === undefined ? {} : { alternateCallerId: { value: caller } };
      const request = { ...given, ...shown, participants: participants.map(bare) };
      return 'callLegId' in call
        ? inCall.inviteParticipants(call.callLegId, request)
        : outOfCall.inviteParticipants(call.conversationId, request);
    },
    removeParticipant: (call, { participantId }) =>
      'callLegId' in call
        ? inCall.removeParticipant(call.callLegId, participantId)
        : outOfCall.removeParticipant(call.conversationId, participantId),
  };
}

const placing = ({ subject, callbackUri, reportsParticipants }: EnterCallRequest) => ({
  ...(subject !== undefined && { subject }),
  callbackUri,
  requestedModalities: ['audio' as const],
  requestedCallEvents: reportsParticipants
    ? ['participantsUpdated' as const, 'dtmfReceived' as const]
    : ['dtmfReceived' as const],
});

function audioOf({ audioFileUri, speech: _, listen: __, ...request }: PlayRequest): PlayAudioRequest {
  if (audioFileUri === undefined) throw new InvalidInputError('The text cannot be said', [WHY_SILENT]);
  return { audioFileUri, ...request };
}
