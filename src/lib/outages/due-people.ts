import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom, type QuietHours } from '../rules/outages/quiet-hours.ts';
import { type Shard, shardsFrom } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { DueRow } from '../storage/recipients.ts';
import type { Candidate } from './dispatcher.ts';

/**
 * Recipients who may be called now, at most `most`. Reads one shard after the other until there are `enough`, each time
 * beginning with another one, so that no shard is drained before the others.
 */
export async function duePeople(
  services: Services,
  outage: Outage,
  enough: number,
  most: number,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const first = services.now().getTime() % outage.shards;
  for (const shard of shardsFrom(outage, { outageId: outage.id, shard: first })) {
    if (found.length >= enough) break;
    const rows = await callableIn(services, shard, outage.quietHours, most - found.length);
    found.push(...rows.map((due) => ({ shard, due })));
  }
  return found;
}

/** If quiet hours have begun for somebody, puts off at once all of a page for whom they have: one request for each 33. */
async function callableIn(
  { recipients, backlog, settings, now }: Services,
  shard: Shard,
  quietHours: QuietHours | undefined,
  most: number,
): Promise<DueRow[]> {
  const at = now();
  const dueNow = async (limit: number): Promise<DueRow[]> =>
    (await recipients.due(shard, 'waiting', limit)).filter((row) => row.at <= at);
  const rows = await dueNow(most);
  const callableAt = quietHours ? callableTimes(quietHours, at) : () => at;
  const isQuiet = (row: DueRow): boolean => callableAt(row) > at;
  if (!rows.some(isQuiet)) return rows;
  const page = await dueNow(settings.batches.page);
  await backlog.putOff(shard, page.filter(isQuiet), callableAt);
  return page.filter((row) => !isQuiet(row)).slice(0, most);
}

/** When a recipient may be called, worked out once for each time zone. */
function callableTimes(quietHours: QuietHours, at: Date): (row: DueRow) => Date {
  const times = new Map<string, Date>();
  return ({ zone }) => {
    // A row of an earlier version has no zone: whether the recipient may be called is found out when they are dialled.
    if (zone === undefined) return at;
    const time = times.get(zone) ?? callableFrom(at, quietHours, zone || undefined);
    times.set(zone, time);
    return time;
  };
}
