import parsePhoneNumber from 'libphonenumber-js/max';
import type { RecipientId } from '../rules/calls/ids.ts';
import { mentions } from '../rules/mentions.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { RejectedRow } from '../rules/outages/rejected-row.ts';
import { type Shard, shardOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredRequest } from '../storage/call-requests.ts';
import type { Poisoned } from '../storage/poison-queues.ts';
import { QUEUES } from '../storage/queue-store.ts';
import type { StoredRecipient } from '../storage/recipients.ts';

/** What is kept of a number in one outage. */
export type InOutage = {
  readonly outage: Outage;
  readonly shard: Shard;
  readonly recipientId: RecipientId;
  readonly recipient?: StoredRecipient | undefined;
  readonly rejected: readonly RejectedRow[];
  readonly isOperator: boolean;
};

/** Everything that is kept of a number. `storage/personal-data.ts` lists where. */
export type Found = {
  readonly outages: readonly InOutage[];
  readonly requests: readonly StoredRequest[];
  /** Call legs, and the names under which events without a leg are kept. */
  readonly legs: ReadonlySet<string>;
  readonly messages: readonly Poisoned[];
};

/**
 * Tells whether a text mentions this number.
 * @param number E.164.
 */
export const mentionsOf = (number: string): ((text: string) => boolean) =>
  mentions(number, parsePhoneNumber(number)?.nationalNumber ?? number.slice(1));

/**
 * Finds a number in every store. Two requests for each outage, one for each thousand rejected rows and requests, one for
 * each stray call, and one for 32 messages of the poison queues.
 */
export async function findPerson(services: Services, number: string): Promise<Found> {
  const isMentioned = mentionsOf(number);
  const outages: InOutage[] = [];
  for (const outage of await services.outages.list()) {
    const found = await inOutage(services, outage, number, isMentioned);
    if (found.recipient || found.rejected.length > 0 || found.isOperator) outages.push(found);
  }
  const all = await services.requests.list();
  const requests = all.filter(({ request }) => isMentioned(JSON.stringify(request.message)));
  const messages = await Promise.all(QUEUES.map((queue) => services.poison.find(queue, isMentioned)));
  const legs = new Set([
    ...outages.flatMap(legsIn),
    ...requests.flatMap(legsOf),
    ...(await straysOf(services, isMentioned)),
  ]);
  return { outages, requests, legs, messages: messages.flat() };
}

async function inOutage(
  services: Services,
  outage: Outage,
  number: string,
  isMentioned: (text: string) => boolean,
): Promise<InOutage> {
  const recipientId = services.ids.recipientIdOf(outage, { phoneNumber: { value: number } });
  const shard = shardOf(outage, recipientId);
  const rejected = await services.rejectedRows.all(outage.id);
  return {
    outage,
    shard,
    recipientId,
    recipient: await services.recipients.find({ ...shard, recipientId }),
    rejected: rejected.filter(({ cells }) => isMentioned(cells.join('\n'))),
    isOperator: outage.script.operators.some(({ phoneNumber }) => phoneNumber?.value === number),
  };
}

/** Where the calls of a recipient are kept. */
export function legsIn({
  outage,
  recipientId,
  recipient,
}: Omit<InOutage, 'rejected' | 'isOperator' | 'shard'>): string[] {
  if (!recipient) return [];
  const { attempt, callLegId, results } = recipient.recipient;
  const names = Array.from({ length: attempt }, (_, index) => `attempt ${outage.id} ${recipientId} ${index + 1}`);
  return [callLegId, ...results.map((result) => result.callLegId), ...names].filter((leg) => leg !== undefined);
}

/** Where the call of a request is kept. */
export const legsOf = ({ request: { requestId, callLegId } }: StoredRequest): string[] =>
  [callLegId, `request ${requestId}`].filter((leg) => leg !== undefined);

/** Calls that nobody's row names. */
async function straysOf({ legs, strays }: Services, isMentioned: (text: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const { callLegId } of await strays.list()) {
    if (isMentioned(JSON.stringify(await legs.timeline(callLegId)))) found.push(callLegId);
  }
  return found;
}
