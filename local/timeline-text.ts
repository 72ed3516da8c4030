import type { Timeline } from './management.ts';
import { tableText } from './table-text.ts';

/** One call as the app has it on record: what was heard of it and what was asked for, in order of time. */
export function timelineText({ leg, events, actions }: Timeline): string {
  const entries = [
    ...events.map(({ receivedAt, type, data }) => ({
      at: receivedAt,
      who: 'event',
      what: `${nameOf(type, data)} ${detailOf(data)}`,
    })),
    ...actions.map(({ at, action, operationContext }) => ({
      at,
      who: 'action',
      what: `${action} (${operationContext})`,
    })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  const first = Date.parse(entries[0]?.at ?? leg.createdAt);
  const rows = entries.map(({ at, who, what }) => [
    `+${((Date.parse(at) - first) / 1000).toFixed(2)} s`,
    who,
    what.trim(),
  ]);
  return `Call leg ${leg.callLegId}, which ended as "${leg.outcome ?? '?'}":\n\n${tableText(['time', '', ''], rows)}`;
}

/** An event that changes nothing is known by the service's name for it. */
const nameOf = (type: string, { eventType }: Record<string, unknown>): string =>
  typeof eventType === 'string' ? eventType.replace('Microsoft.Communication.', '') : type;

/** The member of an event that tells most. */
function detailOf(data: Record<string, unknown>): string {
  const { callState, toneInfo, status, operationContext, participants } = data;
  if (typeof callState === 'string') return callState;
  if (typeof toneInfo === 'object' && toneInfo && 'tone' in toneInfo) return `key ${toneInfo.tone}`;
  if (Array.isArray(participants) && status === undefined) return `${participants.length} in the call`;
  return [status, operationContext].filter((part) => typeof part === 'string').join(', ');
}
