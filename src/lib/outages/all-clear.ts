import { isTold } from '../rules/calls/outcome.ts';
import type { AllClear } from '../rules/outages/all-clear-message.ts';
import { allClearIdOf, type Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import { newRecipient, type Recipient } from '../rules/outages/recipient.ts';
import type { Shard } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { callersOf } from './callers-of.ts';
import { OpenList } from './open-list.ts';

const wasTold = ({ phase, outcome }: Recipient): boolean =>
  phase === 'done' && outcome !== undefined && isTold(outcome);

/**
 * The all-clear of an outage: an outage of its own with the same callers and rules, and another message. If none of the
 * callers can be used any more, it has all that can.
 */
export function allClearOf(
  services: Pick<Services, 'settings' | 'now'>,
  outage: Outage,
  { message, thanks, title, estimate }: AllClear,
): Outage {
  const callers = callersOf(services, outage);
  const { id, urgency, script, maxConcurrentCalls, retry, quietHours, defaultCountry, shards, ids } = outage;
  return {
    id: allClearIdOf(id),
    title: title ?? `All-clear: ${outage.title}`.slice(0, 200),
    estimate,
    urgency,
    script: { ...script, message, thanks: thanks ?? script.thanks },
    callers: callers.length > 0 ? callers : [...services.settings.callers],
    maxConcurrentCalls,
    retry,
    quietHours,
    defaultCountry,
    shards,
    ids,
    state: 'scheduled',
    createdAt: services.now().toISOString(),
    allClearFor: id,
  };
}

/**
 * Adds the people who were told about the outage to the list of its all-clear. Idempotent. One request to see who is
 * already there; if some are not, one per 49 new people and three to keep the all-clear open meanwhile.
 * @param people of this shard of the outage, in order of id.
 */
export async function tellAllClear(
  services: Services,
  { allClearBy, quietHours }: Outage,
  { shard }: Shard,
  people: readonly Recipient[],
): Promise<void> {
  const told = people.filter(wasTold);
  if (allClearBy === undefined || told.length === 0) return;
  const ids = told.map(({ recipientId }) => recipientId);
  const there = { outageId: allClearBy, shard };
  const present = await services.recipients.present(there, ids);
  const missing = told.filter(({ recipientId }) => !present.has(recipientId));
  if (missing.length === 0) return;
  const openList = new OpenList(services, await services.outages.read(allClearBy));
  await openList.hold();
  const now = services.now();
  await services.recipients.add(
    there,
    missing.map((recipient) => newRecipient(recipient.recipientId, recipient)),
    ({ timeZone }) => callableFrom(now, quietHours, timeZone),
  );
  await openList.release();
}
