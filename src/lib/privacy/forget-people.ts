import { isOver } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredRequest } from '../storage/call-requests.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { legsIn, legsOf } from './find-person.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * Reduces outages that ended long ago to their counts, and deletes calls by hand that are as old, and the times of calls that
 * hold nobody back any more. Deletes the recipients last, so that a run that dies is repeated by the next one. One request
 * for each thousand outages, requests and numbers.
 * @param most stop after this many people.
 * @returns how many people were forgotten.
 */
export async function forgetPeople(services: Services, most: number): Promise<number> {
  const before = new Date(services.now().getTime() - services.settings.retentionDays * DAY_MS).toISOString();
  await services.numbers.forgetOld(services.now(), most);
  let left = most;
  for (const outage of await services.outages.list()) {
    if (isDue(outage, before)) left -= await forgetOutage(services, outage, left);
    if (left <= 0) return most;
  }
  for (const stored of await services.requests.list()) if (isOld(stored, before)) await forgetRequest(services, stored);
  for (const { callLegId, at } of await services.strays.list()) if (at < before) await forgetStray(services, callLegId);
  return most - left;
}

/** It may have been opened again since it was reduced. */
const isDue = (outage: Outage, before: string): boolean =>
  isOver(outage) &&
  outage.finishedAt !== undefined &&
  outage.finishedAt < before &&
  (outage.forgottenAt === undefined || outage.forgottenAt < outage.finishedAt);

const isOld = ({ request: { phase, askedAt = '' } }: StoredRequest, before: string): boolean =>
  phase === 'done' && askedAt < before;

async function forgetOutage(services: Services, outage: Outage, most: number): Promise<number> {
  let forgotten = 0;
  for (const shard of shardsOf(outage)) {
    while (forgotten < most) {
      const people = await forgetSome(services, outage, shard, Math.min(PAGE, most - forgotten));
      forgotten += people;
      if (people === 0) break;
    }
    if (forgotten >= most) return forgotten;
    await services.erasure.endedCalls(shard);
  }
  await services.erasure.rejectedRows(outage.id);
  await untilSaved(`Outage ${outage.id}`, async () => {
    const stored = await services.outages.read(outage.id);
    if (!isOver(stored.outage)) return true;
    return services.outages.save(stored, { ...stored.outage, forgottenAt: services.now().toISOString() });
  });
  return forgotten;
}

/** People of a shard who are read at once. */
const PAGE = 100;

async function forgetSome(services: Services, outage: Outage, shard: Shard, limit: number): Promise<number> {
  const { people } = await services.recipients.page(shard, '', limit);
  for (const recipient of people) {
    const { recipientId } = recipient.recipient;
    for (const leg of legsIn({ outage, recipientId, recipient })) await services.erasure.leg(leg);
    await services.erasure.recipients(shard, [recipientId]);
  }
  return people.length;
}

async function forgetRequest(services: Services, stored: StoredRequest): Promise<void> {
  for (const leg of legsOf(stored)) await services.erasure.leg(leg);
  await services.erasure.request(stored.request.requestId);
}

async function forgetStray({ erasure, strays }: Services, callLegId: string): Promise<void> {
  await erasure.leg(callLegId);
  await strays.forget(callLegId);
}
