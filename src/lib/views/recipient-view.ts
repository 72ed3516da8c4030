import { z } from 'zod';
import type { Identifier } from '../call-automation/identifiers.ts';
import { Outcome } from '../rules/calls/outcome.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { type Phase, Recipient } from '../rules/outages/recipient.ts';
import { AttemptResult } from '../rules/outages/retry.ts';
import type { Services } from '../services/services.ts';
import { RecipientState } from './outage-view.ts';
import { cursorOf, FIRST_PLACE, type Place, placeAfter, placeOf } from './place.ts';

/** The person that a call is for. */
export const Person = z.object({
  recipientId: z.string().describe('A keyed digest of the number or user id.'),
  phone: z.string().optional(),
  communicationUserId: z.string().optional(),
  name: z.string().optional(),
});

/** A recipient with state, outcome and attempts. */
export const RecipientView = Person.extend(
  Recipient.pick({ timeZone: true, language: true, extra: true }).shape,
).extend({
  state: RecipientState,
  outcome: Outcome.optional(),
  reason: z.string().optional(),
  endedAt: z.string().optional(),
  heldBack: Recipient.shape.heldBack.describe('Why the recipient is not called yet; absent otherwise.'),
  attempts: z.array(AttemptResult).describe('The calls to this recipient that ended.'),
});
export type RecipientView = z.infer<typeof RecipientView>;

/** Most recipients in one answer. */
export const MAX_PAGE = 1000;

/** Which recipients to list. */
export const RecipientQuery = z.object({
  outcome: Outcome.optional().describe('Only recipients with this outcome.'),
  state: RecipientState.optional().describe('Only recipients in this state.'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100).describe('The most recipients in an answer.'),
  cursor: z.string().optional().describe('The `cursor` of the previous page.'),
});
export type RecipientQuery = z.infer<typeof RecipientQuery>;

export const RecipientPage = z.object({
  recipients: z.array(RecipientView),
  cursor: z.string().optional().describe('Send it to get the next page; absent on the last page.'),
});
export type RecipientPage = z.infer<typeof RecipientPage>;

export function viewRecipient(recipient: Recipient): RecipientView {
  return RecipientView.parse({
    ...recipient,
    ...personOf(recipient),
    state: STATES[recipient.phase],
    heldBack: recipient.phase === 'waiting' ? recipient.heldBack : undefined,
    attempts: recipient.results.toSorted((a, b) => a.attempt - b.attempt),
  });
}

export const personOf = (contact: { recipientId: string; identifier: Identifier; name?: string | undefined }) => ({
  recipientId: contact.recipientId,
  phone: contact.identifier.phoneNumber?.value,
  communicationUserId: contact.identifier.communicationUser?.id,
  name: contact.name,
});

const STATES: Readonly<Record<Phase, RecipientState>> = {
  waiting: 'waiting',
  dispatched: 'calling',
  dialling: 'calling',
  done: 'done',
};

/** Requests to storage per page. With a filter, each reads a thousand recipients. */
const MAX_READS = 8;

/**
 * One page of an outage's recipients, shard by shard, in order of id. Costs one request if there is no filter and the
 * page lies within a shard, and at most eight; after eight requests the page may be short or empty although there are
 * more.
 * @throws InvalidInputError if the cursor is not from an answer for this outage.
 */
export async function pageOfRecipients(
  services: Services,
  outage: Outage,
  { cursor, limit, ...wanted }: RecipientQuery,
): Promise<RecipientPage> {
  const page: RecipientView[] = [];
  let place: Place | undefined = cursor === undefined ? FIRST_PLACE : placeOf(cursor, outage, 'cursor');
  for (let reads = 0; place && page.length < limit && reads < MAX_READS; reads++) {
    const part = await partOfPage(services, outage, place, limit - page.length, wanted);
    page.push(...part.people);
    place = part.next;
  }
  return { recipients: page, ...(place && { cursor: cursorOf(place) }) };
}

type Wanted = Pick<RecipientQuery, 'outcome' | 'state'>;

/** The part of a page that one request gives, and where the next part begins; undefined at the end. */
async function partOfPage(
  { recipients }: Services,
  outage: Outage,
  place: Place,
  limit: number,
  { outcome, state }: Wanted,
): Promise<{ people: RecipientView[]; next: Place | undefined }> {
  const shard = { outageId: outage.id, shard: place.shard };
  const read = outcome === undefined && state === undefined ? limit : MAX_PAGE;
  const page = await recipients.page(shard, place.after, read);
  const found = page.people
    .map(({ recipient }) => viewRecipient(recipient))
    .filter((person) => (outcome ?? person.outcome) === person.outcome && (state ?? person.state) === person.state);
  const people = found.slice(0, limit);
  const after = found.length > limit ? people.at(-1)?.recipientId : page.next;
  return { people, next: placeAfter(place, after, outage) };
}
