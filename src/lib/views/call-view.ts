import { z } from 'zod';
import { NotFoundError } from '../base/errors.ts';
import { CallLeg } from '../rules/calls/leg.ts';
import type { ActionRow, CallLegs, EventRow } from '../storage/call-legs.ts';

const Entry = z.object({
  at: z.string().describe('When we heard of it, or asked for it.'),
  kind: z.enum(['event', 'action']).describe('Told by the service, or asked of it.'),
  name: z.string().describe('The type of the event, or the queue of the action.'),
  detail: z.string().optional().describe('What tells it from others of its name.'),
  status: z.string().optional().describe('What came of it.'),
});
export type TimelineEntry = z.infer<typeof Entry>;

/** One call, from what is on record: where it stands, and what happened in order of time. */
export const CallView = CallLeg.pick({
  callLegId: true,
  state: true,
  stage: true,
  outcome: true,
  reason: true,
  createdAt: true,
  endedAt: true,
}).extend({
  recipientId: z.string().optional().describe('Whom it was for, if it was for an outage.'),
  timeline: z.array(Entry),
});
export type CallView = z.infer<typeof CallView>;

/**
 * One request.
 * @param outageId only a call of this outage.
 * @throws NotFoundError
 */
export async function viewCall(legs: CallLegs, callLegId: string, outageId?: string): Promise<CallView> {
  const { leg, events, actions } = await legs.timeline(callLegId);
  const attempt = leg?.purpose.kind === 'attempt' ? leg.purpose : undefined;
  if (!leg || (outageId !== undefined && attempt?.outageId !== outageId)) {
    throw new NotFoundError('There is no such call');
  }
  const timeline = [...events.map(eventEntry), ...actions.map(actionEntry)].sort((a, b) => a.at.localeCompare(b.at));
  return CallView.parse({ ...leg, recipientId: attempt?.recipientId, timeline });
}

function actionEntry({ at, action, operationContext, status, reason }: ActionRow): TimelineEntry {
  return { at, kind: 'action', name: action, detail: [operationContext, reason].filter(Boolean).join(': '), status };
}

function eventEntry({ receivedAt: at, type, data }: EventRow): TimelineEntry {
  const { status } = data;
  const detail = detailOf(data);
  return {
    at,
    kind: 'event',
    name: nameOf(type, data),
    ...(detail && { detail }),
    ...(typeof status === 'string' && { status }),
  };
}

/** An event that changes nothing is known by the service's name for it. */
const nameOf = (type: string, { eventType }: EventRow['data']): string =>
  typeof eventType === 'string' ? eventType.replace('Microsoft.Communication.', '') : type;

/** The member of an event that tells most; never who is in the call. */
function detailOf({
  callState,
  toneInfo,
  operationContext,
  participants,
  status,
}: EventRow['data']): string | undefined {
  if (typeof callState === 'string') return callState;
  if (typeof toneInfo === 'object' && toneInfo && 'tone' in toneInfo) return `key ${toneInfo.tone}`;
  if (Array.isArray(participants) && status === undefined) return `${participants.length} in the call`;
  return typeof operationContext === 'string' ? operationContext : undefined;
}
