import { type Json, toPascalCase } from '../../src/lib/call-automation/casing.ts';
import type { KnownCallEventType } from '../../src/lib/call-automation/events.ts';
import type { Identifier } from '../../src/lib/call-automation/identifiers.ts';
import { CANCELLED, COMPLETED, type Result } from '../base/result.ts';
import type { LegState, Present, Stamp } from '../service/news.ts';
import type { EventBody } from '../service/posted-events.ts';

/** The bodies of callbacks, with exactly the members that the reference page shows, nulls included. */

/** An event without its envelope: its type and its data. */
export type Telling = { type: KnownCallEventType; subject: string; hasId?: true; data: (callLegId: string) => Json };

/** The 2021 API says nothing of the telephone network. */
const resultOf = ({ code, subcode, message }: Result): Result => ({ code, subcode, message });

/** `reason` is not on the reference page. It says why a call ended before it was established. */
export const stateChanged = (state: LegState, conversationId: string | null, reason?: Result): Telling => ({
  type: 'CallLegStateChanged',
  subject: 'callState',
  data: (callLegId) => ({
    conversationId,
    callLegId,
    callState: state,
    ...(reason && { resultInfo: resultOf(reason) }),
  }),
});

const TONES: Readonly<Record<string, string>> = { '*': 'Star', '#': 'Pound' };

export const dtmfReceived = (sequenceId: number, key: string): Telling => ({
  type: 'DtmfReceived',
  subject: 'dtmf',
  data: (callLegId) => ({
    toneInfo: { sequenceId, tone: TONES[key] ?? (/\d/.test(key) ? `Tone${key}` : key) },
    callLegId,
  }),
});

export const playAudioResult = (operationContext: string | null, resultInfo: Result): Telling => ({
  type: 'PlayAudioResult',
  subject: 'playAudio',
  data: (callLegId) => ({
    resultInfo,
    operationContext,
    // Cancelled audio is `Completed` on the reference page.
    status: resultInfo === COMPLETED || resultInfo === CANCELLED ? 'Completed' : 'Failed',
    callLegId,
  }),
});

/** `failure` is null if they answered. */
export const inviteParticipantResult = (
  operationContext: string | null,
  participants: readonly Identifier[],
  failure: Result | null,
): Telling => ({
  type: 'InviteParticipantResult',
  subject: 'inviteParticipantResult',
  hasId: true,
  data: (callLegId) => ({
    resultInfo: failure && resultOf(failure),
    operationContext,
    status: failure ? 'Failed' : 'Completed',
    callLegId,
    participants: participants.map(identifierBody),
  }),
});

export const participantsUpdated = (participants: readonly Present[]): Telling => ({
  type: 'ParticipantsUpdated',
  subject: 'participantsUpdated',
  data: (callLegId) => ({
    callLegId,
    participants: participants.map(({ identifier, participantId, isMuted }) => ({
      identifier: identifierBody(identifier),
      participantId,
      isMuted,
    })),
  }),
});

function identifierBody({ rawId, communicationUser, phoneNumber }: Identifier): Json {
  return {
    rawId: rawId ?? communicationUser?.id ?? `4:${phoneNumber?.value}`,
    communicationUser: communicationUser ? { id: communicationUser.id } : null,
    phoneNumber: phoneNumber ? { value: phoneNumber.value } : null,
    microsoftTeamsUser: null,
  };
}

export function eventBody({ type, subject, hasId, data }: Telling, callLegId: string, { id, at }: Stamp): EventBody {
  return {
    id: hasId ? id : null,
    topic: null,
    subject: `callLeg/${callLegId}/${subject}`,
    data: toPascalCase(data(callLegId)),
    eventType: `Microsoft.Communication.${type}`,
    // Times on the reference page have seven digits after the decimal point.
    eventTime: at.toISOString().replace('Z', '0000Z'),
    metadataVersion: null,
    dataVersion: null,
  };
}
