import { isAt } from '../rules/outages/attempts.ts';
import { holderOfAttempt, holderOfRequest, readHolder } from '../rules/outages/line-holder.ts';
import { shardOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { Line } from '../storage/lines.ts';

/**
 * Looks into the holder of a line: true if it may have a call on it. One request, and one for its outage if that was not
 * read lately.
 */
export async function mayBeInCall(services: Services, { holder }: Pick<Line, 'holder'>): Promise<boolean> {
  const who = readHolder(holder);
  switch (who.kind) {
    case 'attempt': {
      const shard = shardOf(await services.outages.recent(who.outageId), who.recipientId);
      const ref = { ...shard, recipientId: who.recipientId, attempt: who.attempt };
      const recipient = (await services.recipients.find(ref))?.recipient;
      return recipient !== undefined && isAt(recipient, ref) && holderOfAttempt(ref, recipient.line) === holder;
    }
    case 'request': {
      const request = (await services.requests.find(who.requestId))?.request;
      return request?.line !== undefined && holderOfRequest(who.requestId, request.line) === holder;
    }
    case 'operator':
      return who.owner !== '' && mayBeInCall(services, { holder: who.owner });
    case 'unknown':
      return true;
  }
}
