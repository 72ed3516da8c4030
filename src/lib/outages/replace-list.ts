import { InvalidInputError } from '../base/errors.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { isUntouched } from '../rules/outages/recipient.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { Page } from '../storage/recipients.ts';

/**
 * Takes everybody off the list of an outage who was not called yet and is not among these. One request for each thousand
 * people on the list, and one for each 49 of those taken off.
 * @param ids of everybody who stays.
 * @returns how many were taken off.
 * @throws InvalidInputError if nobody would stay: that is no list, but a mistake.
 */
export async function removeOthers(services: Services, outage: Outage, ids: ReadonlySet<string>): Promise<number> {
  if (ids.size === 0) throw new InvalidInputError('The list names nobody', ['it would empty the list of the outage']);
  const removed = await Promise.all(shardsOf(outage).map((shard) => removeIn(services, shard, ids)));
  return removed.reduce((sum, count) => sum + count, 0);
}

async function removeIn(services: Services, shard: Shard, ids: ReadonlySet<string>): Promise<number> {
  const { backlog, recipients, tallies, settings, now } = services;
  const size = settings.batches.page;
  let removed = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { people, next }: Page = await recipients.page(shard, after, size);
    const others = people.filter(({ recipient }) => isUntouched(recipient) && !ids.has(recipient.recipientId));
    removed += await backlog.removeAll(shard, others, now().toISOString());
    after = next;
  }
  // A person who is added again is counted in a row of the same name, so add those rows to the sums first.
  while (removed > 0 && (await tallies.fold(shard)));
  return removed;
}
