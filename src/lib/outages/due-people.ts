import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom, type QuietHours } from '../rules/outages/quiet-hours.ts';
import { type Shard, shardsFrom } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { DueRow } from '../storage/recipients.ts';
import type { Candidate } from './dispatcher.ts';

/** Recipients who may be called now, and when the next one is due, if that was seen. */
export type DuePeople = { readonly people: readonly Candidate[]; readonly nextAt: Date | undefined };

/**
 * Recipients who may be called now, at most `most`. Reads one shard after the other until there are `enough`, each time
 * beginning with another one, so that no shard is drained before the others.
 */
export async function duePeople(services: Services, outage: Outage, enough: number, most: number): Promise<DuePeople> {
  const people: Candidate[] = [];
  const later: Date[] = [];
  const first = services.now().getTime() % outage.shards;
  for (const shard of shardsFrom(outage, { outageId: outage.id, shard: first })) {
    if (people.length >= enough) break;
    const { rows, nextAt } = await callableIn(services, shard, outage.quietHours, most - people.length);
    people.push(...rows.map((due) => ({ shard, due })));
    if (nextAt) later.push(nextAt);
  }
  return { people, nextAt: earliest(later) };
}

export const earliest = (times: readonly Date[]): Date | undefined =>
  times.reduce<Date | undefined>((first, time) => (first && first <= time ? first : time), undefined);

type Callable = { readonly rows: DueRow[]; readonly nextAt?: Date | undefined };

/** If quiet hours have begun for somebody, puts off at once all of a page for whom they have: one request for each 33. */
async function callableIn(
  { recipients, backlog, settings, now }: Services,
  shard: Shard,
  quietHours: QuietHours | undefined,
  most: number,
): Promise<Callable> {
  const at = now();
  const waiting = await recipients.due(shard, 'waiting', most);
  const rows = waiting.filter((row) => row.at <= at);
  const callableAt = quietHours ? callableTimes(quietHours, at) : () => at;
  const isQuiet = (row: DueRow): boolean => callableAt(row) > at;
  if (!rows.some(isQuiet)) return { rows, nextAt: waiting[rows.length]?.at };
  const page = (await recipients.due(shard, 'waiting', settings.batches.page)).filter((row) => row.at <= at);
  await backlog.putOff(shard, page.filter(isQuiet), callableAt);
  return { rows: page.filter((row) => !isQuiet(row)).slice(0, most) };
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
