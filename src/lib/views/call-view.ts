import { z } from 'zod';
import { NotFoundError } from '../base/errors.ts';
import { CallLeg } from '../rules/calls/leg.ts';
import type { ActionRow, CallLegs, EventRow } from '../storage/call-legs.ts';

const Entry = z.object({
  at: z.string().describe('When the app received the event or asked for the action.'),
  kind: z.enum(['event', 'action']).describe('An event comes from the service; an action was asked of it.'),
  name: z.string().describe('The type of the event, or the queue of the action.'),
  detail: z.string().optional().describe('What distinguishes it from others of the same name.'),
  status: z.string().optional().describe('The result.'),
});
export type TimelineEntry = z.infer<typeof Entry>;

/** One call: its state, and its events and actions in order of time. */
export const CallView = CallLeg.pick({
  callLegId: true,
  state: true,
  stage: true,
  outcome: true,
  reason: true,
  codes: true,
  createdAt: true,
  endedAt: true,
}).extend({
  recipientId: z.string().optional().describe('The recipient, if the call belongs to an outage.'),
  timeline: z.array(Entry),
});
export type CallView = z.infer<typeof CallView>;

/**
 * Reads a call. One request.
 * @param outageId if given, the outage that the call must belong to.
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

/** Unknown events are shown by the service's own type. */
const nameOf = (type: string, { eventType }: EventRow['data']): string =>
  typeof eventType === 'string' ? eventType.replace('Microsoft.Communication.', '') : type;

/** The most useful member of an event. Never shows who is in the call. */
function detailOf({
  callState,
  codes,
  toneInfo,
  operationContext,
  participants,
  status,
}: EventRow['data']): string | undefined {
  if (typeof callState === 'string') return typeof codes === 'string' ? `${callState}: ${codes}` : callState;
  if (typeof toneInfo === 'object' && toneInfo && 'tone' in toneInfo) return `key ${toneInfo.tone}`;
  if (Array.isArray(participants) && status === undefined) return `${participants.length} in the call`;
  return typeof operationContext === 'string' ? operationContext : undefined;
}
