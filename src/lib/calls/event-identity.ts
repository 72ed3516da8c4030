import { createHash } from 'node:crypto';
import type { CallEvent } from '../call-automation/events.ts';

/**
 * What makes an event the same event when it is delivered again. Most events of the API carry no id (`"id": null`), so
 * an identity is made of what can happen only once on a leg. Safe as a Table Storage key.
 */
export function identityOfEvent(event: CallEvent): string {
  switch (event.type) {
    case 'CallLegStateChanged':
      return `state-${event.data.callState}`;
    case 'DtmfReceived':
      return `tone-${event.data.toneInfo.sequenceId}`;
    case 'PlayAudioResult':
    case 'InviteParticipantResult':
      return `${event.type}-${event.data.status}-${digest(event.data.operationContext)}`;
    case 'ParticipantsUpdated':
    case 'Unknown':
      return `${event.type}-${digest([event.occurredAt, event.data])}`;
  }
}

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 24);
