import { createHash } from 'node:crypto';
import type { CallEvent } from '../../call-automation/events.ts';
import { identityOf } from '../../call-automation/identifiers.ts';

/**
 * Identifies an event, so that a redelivery is recognised. Most events of the API carry no id (`"id": null`), so the
 * identity is built from what can happen only once on a call leg. Safe as a Table Storage key.
 * @param keyed makes a keyed digest, for what may hold a phone number.
 */
export function identityOfEvent(event: CallEvent, keyed: (text: string) => string): string {
  switch (event.type) {
    case 'CallLegStateChanged':
      return `state-${event.data.callState}`;
    case 'DtmfReceived':
      return ['tone', recognitionOf(event.data), event.data.toneInfo.sequenceId]
        .filter((part) => part !== '')
        .join('-');
    case 'PlayAudioResult':
      return `${event.type}-${event.data.status}-${digest(event.data.operationContext)}`;
    case 'InviteParticipantResult':
      return `${event.type}-${event.data.status}-${keyed(JSON.stringify([event.data.operationContext, event.data.participants?.map(identityOf)]))}`;
    case 'ParticipantsUpdated':
    case 'Unknown':
      return `${event.type}-${keyed(JSON.stringify([event.occurredAt, event.data]))}`;
  }
}

const recognitionOf = ({ recognition }: { recognition?: string | undefined }): string =>
  recognition === undefined ? '' : digest(recognition);

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 24);
