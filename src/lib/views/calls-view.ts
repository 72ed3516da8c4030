import { z } from 'zod';
import { isAt } from '../rules/outages/attempts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { AttemptResult } from '../rules/outages/retry.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { Person, personOf } from './recipient-view.ts';

/** The calls in progress, including those that are about to be placed, and the latest that ended, newest first. */
export const CallsView = z.object({
  inFlight: z.array(
    Person.extend({
      attempt: z.number().int(),
      callLegId: z.string().optional().describe('The id of the call; absent until the service has given it one.'),
      since: z.string().optional().describe('When the service was asked to call.'),
    }),
  ),
  latest: z.array(Person.extend(AttemptResult.shape)),
});
export type CallsView = z.infer<typeof CallsView>;

export const CallsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('The most calls of each kind.'),
});

/** Two requests per shard, and one for each call in flight that is shown. */
export async function viewCalls(services: Services, outage: Outage, limit: number): Promise<CallsView> {
  const shards = shardsOf(outage);
  const [inFlight, ended] = await Promise.all([
    Promise.all(shards.map((shard) => inFlightIn(services, shard, limit))),
    Promise.all(shards.map((shard) => services.endedCalls.latest(shard, limit))),
  ]);
  const latest = ended.flat().sort((a, b) => b.at.localeCompare(a.at));
  return {
    inFlight: inFlight.flat().slice(0, limit),
    latest: latest
      .slice(0, limit)
      .map(({ identifier, ...call }) => ({ ...call, ...personOf({ ...call, identifier }) })),
  };
}

async function inFlightIn({ recipients }: Services, shard: Shard, limit: number): Promise<CallsView['inFlight']> {
  const rows = await recipients.due(shard, 'leased', limit);
  const found = await Promise.all(
    rows.map(async ({ recipientId, attempt }) => {
      const ref = { ...shard, recipientId, attempt };
      const recipient = (await recipients.find(ref))?.recipient;
      // An attempt that has just ended is among the latest.
      if (!recipient || !isAt(recipient, ref)) return [];
      const { callLegId, askedAt: since } = recipient;
      return [{ ...personOf(recipient), attempt, callLegId, since }];
    }),
  );
  return found.flat();
}
