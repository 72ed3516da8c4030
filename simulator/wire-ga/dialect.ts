import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import { CANCELLED, COMPLETED, type Result } from '../base/result.ts';
import type { Dialect, LegFacts, News, Stamp } from '../service/news.ts';
import type { CloudEventBody, GaEventType } from '../service/posted-events.ts';

/**
 * The callbacks of today's API: an array of one CloudEvent 1.0. A missing value is left out, never null. The members
 * are those of the SDK's types, `RestCallConnected` and so on.
 */

type Told = { readonly type: GaEventType; readonly data: object };

export const DIALECT_GA: Dialect = {
  name: 'ga',
  signsCallbacks: true,
  refusesCallsTooMany: false,
  word(news, leg, stamp) {
    return toldOf(news, leg).map((told) => ({ type: told.type, event: cloudEvent(told, leg, stamp()) }));
  },
};

function toldOf(news: News, leg: LegFacts): readonly Told[] {
  switch (news.what) {
    case 'state':
      return stateTold(news, leg);
    case 'tone':
      return toneTold(news, leg);
    case 'audioStarted':
      return [{ type: 'PlayStarted', data: withContext(news) }];
    case 'audioEnded':
      return [{ type: audioType(news.result), data: { ...withContext(news), ...resultOf(news.result) } }];
    case 'invited':
      return [participantTold('AddParticipant', news, news.participants[0])];
    case 'removed':
      return [participantTold('RemoveParticipant', news, news.participant)];
    case 'present':
      return [{ type: 'ParticipantsUpdated', data: presence(news) }];
  }
}

/** This API has no events for Establishing and Terminating. */
function stateTold({ state, reason }: Extract<News, { what: 'state' }>, leg: LegFacts): readonly Told[] {
  if (state === 'Established') return [{ type: 'CallConnected', data: resultOf(COMPLETED) }];
  if (state !== 'Terminated') return [];
  if (leg.wasEstablished) return [{ type: 'CallDisconnected', data: resultOf(NORMAL_END) }];
  const data = reason ? resultOf(reason) : {};
  if (leg.placedBy !== 'createCall') return [{ type: 'ConnectFailed', data }];
  const failed: Told = { type: 'CreateCallFailed', data };
  if (!leg.isFromTeams) return [failed];
  const disconnected: Told = { type: 'CallDisconnected', data };
  // Both are documented, their order is not: the id of the call decides.
  return leg.id.charCodeAt(leg.id.length - 1) % 2 === 0 ? [failed, disconnected] : [disconnected, failed];
}

const NORMAL_END: Result = { code: 200, subcode: 560000, message: 'The conversation has ended.' };

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function toneTold({ by, key, sequenceId }: Extract<News, { what: 'tone' }>, leg: LegFacts): readonly Told[] {
  if (!leg.listensTo.has(identityOf(by))) return [];
  const tone = WORDS[Number(key)] ?? { '*': 'asterisk', '#': 'pound' }[key] ?? key.toLowerCase();
  return [{ type: 'ContinuousDtmfRecognitionToneReceived', data: { sequenceId, tone } }];
}

function audioType(result: Result): GaEventType {
  if (result === CANCELLED) return 'PlayCanceled';
  return result === COMPLETED ? 'PlayCompleted' : 'PlayFailed';
}

function participantTold(
  what: 'AddParticipant' | 'RemoveParticipant',
  news: { readonly operationContext: string | null; readonly failure: Result | null },
  participant: Identifier | undefined,
): Told {
  return {
    type: `${what}${news.failure ? 'Failed' : 'Succeeded'}`,
    data: {
      ...withContext(news),
      ...resultOf(news.failure ?? COMPLETED),
      ...(participant && { participant: identifierBody(participant) }),
    },
  };
}

const presence = ({ sequence, participants }: Extract<News, { what: 'present' }>) => ({
  sequenceNumber: sequence,
  participants: participants.map(({ identifier, isMuted }) => ({
    identifier: identifierBody(identifier),
    isMuted,
    isOnHold: false,
  })),
});

const withContext = ({ operationContext }: { readonly operationContext: string | null }) =>
  operationContext === null ? {} : { operationContext };

const resultOf = ({ code, subcode, message, network }: Result) => ({
  resultInformation: {
    code,
    subCode: subcode,
    message,
    ...(network && { sipDetails: { code: network.sip }, q850Details: { code: network.q850 } }),
  },
});

/** An identifier as answers and events show it. */
export function identifierBody(identifier: Identifier) {
  const { communicationUser, phoneNumber } = identifier;
  return {
    rawId: rawIdOf(identifier),
    ...(communicationUser && { kind: 'communicationUser', communicationUser: { id: communicationUser.id } }),
    ...(phoneNumber && { kind: 'phoneNumber', phoneNumber: { value: phoneNumber.value } }),
  };
}

export const rawIdOf = ({ rawId, communicationUser, phoneNumber }: Identifier): string =>
  rawId ?? communicationUser?.id ?? `4:${phoneNumber?.value}`;

function cloudEvent({ type, data }: Told, leg: LegFacts, { id, at }: Stamp): CloudEventBody {
  const source = `calling/callConnections/${leg.id}`;
  return {
    id,
    source,
    type: `Microsoft.Communication.${type}`,
    specversion: '1.0',
    datacontenttype: 'application/json',
    subject: source,
    time: at.toISOString().replace('Z', '0000+00:00'),
    data: { ...data, callConnectionId: leg.id, serverCallId: leg.conversationId, correlationId: leg.id },
  };
}
