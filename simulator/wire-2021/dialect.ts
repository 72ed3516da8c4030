import type { Dialect, LegFacts, News } from '../service/news.ts';
import {
  dtmfReceived,
  eventBody,
  inviteParticipantResult,
  participantsUpdated,
  playAudioResult,
  stateChanged,
  type Telling,
} from './event-bodies.ts';

/** These events are only sent if `requestedCallEvents` names them. */
const ON_REQUEST: Readonly<Partial<Record<Telling['type'], string>>> = {
  ParticipantsUpdated: 'participantsUpdated',
  DtmfReceived: 'dtmfReceived',
};

/** The API of the reference page. */
export const DIALECT_2021: Dialect = {
  name: '2021',
  signsCallbacks: false,
  refusesCallsTooMany: true,
  word(news, leg, stamp) {
    const telling = tellingOf(news, leg);
    if (!telling) return [];
    const requested = ON_REQUEST[telling.type];
    if (requested && !leg.requested.has(requested)) return [];
    return [{ type: telling.type, event: eventBody(telling, leg.id, stamp()) }];
  },
};

function tellingOf(news: News, leg: LegFacts): Telling | undefined {
  switch (news.what) {
    case 'state':
      return stateChanged(news.state, leg.wasEstablished ? leg.conversationId : null, news.reason ?? undefined);
    case 'tone':
      return dtmfReceived(news.sequenceId, news.key);
    case 'audioEnded':
      return playAudioResult(news.operationContext, news.result);
    case 'invited':
      return inviteParticipantResult(news.operationContext, news.participants, news.failure);
    case 'present':
      return participantsUpdated(news.participants);
    case 'audioStarted':
    case 'removed':
      return undefined;
  }
}
