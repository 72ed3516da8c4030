import { z } from 'zod';
import type { Outage } from '../rules/outages/outage.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import { MinuteCount, NOTHING, sumOf } from '../rules/outages/tally.ts';
import type { Services } from '../services/services.ts';

/** The minutes in which at least one call ended, in order. */
export const Activity = z.object({
  minutes: z.array(
    MinuteCount.extend({
      at: z.iso.datetime().describe('The beginning of the minute.'),
      ended: MinuteCount.shape.ended.describe('Calls that ended in this minute.'),
      answered: MinuteCount.shape.answered.describe('How many of them a person or a machine answered.'),
    }),
  ),
});
export type Activity = z.infer<typeof Activity>;

/** One request per shard for each thousand minutes in which a call ended. */
export async function activityOf({ tallies }: Services, outage: Outage): Promise<Activity> {
  const shards = await Promise.all(shardsOf(outage).map((shard) => tallies.minutes(shard)));
  const { minutes } = sumOf(shards.map((of) => ({ ...NOTHING, minutes: of })));
  return {
    minutes: Object.entries(minutes)
      .map(([at, count]) => ({ at, ...count }))
      .sort((a, b) => a.at.localeCompare(b.at)),
  };
}
