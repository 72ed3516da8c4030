import { factsOf } from '../rules/callable-numbers.ts';
import { usableCallers } from '../rules/outages/callers.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { type Review, Reviewer } from '../rules/outages/review.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { linesFor } from './outage-view.ts';

/** People read in one request. */
const PAGE = 1_000;

/**
 * What launching the outage would do. Two requests, and one for each thousand people of a shard, opt-outs and rejected
 * rows.
 */
export async function viewReview(services: Services, outage: Outage): Promise<Review> {
  const { settings, now, ids, optOuts, rejectedRows } = services;
  const start = new Date(outage.startAt ?? 0);
  const callers = usableCallers(outage.callers, settings.callers);
  const reviewer = new Reviewer({
    quietHours: outage.quietHours,
    beginsAt: start > now() ? start : now(),
    lines: linesFor({ ...outage, callers }),
    prices: settings.prices,
  });
  const optedOut = await optOuts.ids();
  for (const shard of shardsOf(outage)) {
    for await (const { recipient } of peopleOf(services, shard)) {
      const { phoneNumber } = recipient.identifier;
      const hasOptedOut = optedOut.has(ids.numberIdOf(recipient.identifier));
      reviewer.add(recipient, phoneNumber && factsOf(phoneNumber.value), hasOptedOut);
    }
  }
  return reviewer.result((await rejectedRows.all(outage.id)).length);
}

async function* peopleOf({ recipients }: Services, shard: Shard): AsyncIterable<StoredRecipient> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const page = await recipients.page(shard, after, PAGE);
    yield* page.people;
    after = page.next;
  }
}
