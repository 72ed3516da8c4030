import { Readable } from 'node:stream';
import { z } from 'zod';
import { InvalidInputError, NotAllowedError, NotFoundError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import { columnsOf } from '../lists/columns.ts';
import { contactOf } from '../lists/contacts.ts';
import type { RecipientId } from '../rules/calls/ids.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { isUntouched, type Recipient } from '../rules/outages/recipient.ts';
import { shardOf } from '../rules/outages/shard.ts';
import { MAX_NAME, NAME_TOO_LONG } from '../rules/outages/wording.ts';
import { TimeZone } from '../rules/time-zones.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { correctNumber } from './correct-number.ts';
import { importRecipients } from './import.ts';
import { numberRulesOf } from './number-rules.ts';

/** One person: the members of a row of a list. */
export const NewPerson = z
  .record(z.string().max(100), z.union([z.string().max(1000), z.number()]))
  .describe('`phone` or `communicationUserId`; `name`, `timeZone`, `language`; any other member is kept as it is.');

/** What of a person can be corrected. */
export const PersonPatch = z.strictObject({
  phone: z.string().max(100).optional().describe('Another number, as in a list. The person gets another id.'),
  name: z.string().trim().max(MAX_NAME, NAME_TOO_LONG).nullable().optional(),
  timeZone: TimeZone.nullable().optional(),
  language: z.string().max(100).nullable().optional(),
});

/**
 * Adds one person to the list of an outage, as a list of one row would. Idempotent.
 * @throws InvalidInputError saying what is wrong with the person.
 */
export async function addPerson(
  services: Services,
  stored: StoredOutage,
  body: unknown,
): Promise<{ recipient: Recipient; isNew: boolean }> {
  const person = NewPerson.safeParse(body);
  if (!person.success) throw new InvalidInputError(NOT_ADDED, problemsOf(person.error));
  const { outage } = stored;
  const [names, cells] = [Object.keys(person.data), Object.values(person.data).map((cell) => String(cell).trim())];
  const found = contactOf(cells, columnsOf(names, {}), numberRulesOf(services, outage));
  if (typeof found === 'string') throw new InvalidInputError(NOT_ADDED, [found]);
  const list = Readable.from([Buffer.from(JSON.stringify(person.data))]);
  const { added } = await importRecipients(services, stored, list, 'application/x-ndjson');
  const { recipient } = await read(services, outage, services.ids.recipientIdOf(outage, found.contact.identifier));
  return { recipient, isNew: added === 1 };
}

/**
 * Takes a person off the list who was not called yet.
 * @throws NotFoundError; NotAllowedError if they are being called or were called.
 */
export async function removePerson(services: Services, outage: Outage, recipientId: RecipientId): Promise<void> {
  const stored = await read(services, outage, recipientId);
  const shard = shardOf(outage, recipientId);
  if (!isUntouched(stored.recipient)) throw new NotAllowedError(CALLED);
  if ((await services.backlog.removeAll(shard, [stored], services.now().toISOString())) === 0)
    throw new NotAllowedError(CALLED);
  while (await services.tallies.fold(shard));
}

/**
 * Changes the name, time zone or language of a person; null removes it. The next attempt uses them. With another number,
 * they become another recipient.
 * @throws InvalidInputError naming each member; NotFoundError; NotAllowedError if the number cannot be changed now.
 */
export async function correctPerson(
  services: Services,
  stored: StoredOutage,
  recipientId: RecipientId,
  body: unknown,
): Promise<Recipient> {
  const patch = PersonPatch.safeParse(body);
  if (!patch.success) throw new InvalidInputError(NOT_CORRECTED, problemsOf(patch.error));
  const { outage } = stored;
  const { phone, ...others } = patch.data;
  const given = Object.entries(others).map(([name, value]) => [name, value || undefined]);
  const identifier = phone === undefined ? undefined : identifierOf(services, outage, phone);
  if (identifier && services.ids.recipientIdOf(outage, identifier) !== recipientId) {
    const old = await read(services, outage, recipientId);
    return correctNumber(services, stored, old, { ...old.recipient, ...Object.fromEntries(given), identifier });
  }
  return untilSaved(`Recipient ${recipientId}`, async () => {
    const before = await read(services, outage, recipientId);
    const recipient = { ...before.recipient, ...Object.fromEntries(given) };
    const saved = await services.recipients.save({ ...shardOf(outage, recipientId), recipientId }, before, {
      recipient,
      due: 'unchanged',
    });
    return saved?.recipient;
  });
}

/** @throws InvalidInputError saying what is wrong with the number. */
function identifierOf(services: Services, outage: Outage, phone: string): Identifier {
  const found = contactOf([phone.trim()], columnsOf(['phone'], {}), numberRulesOf(services, outage));
  if (typeof found === 'string') throw new InvalidInputError(NOT_CORRECTED, [found]);
  return found.contact.identifier;
}

async function read(services: Services, outage: Outage, recipientId: RecipientId): Promise<StoredRecipient> {
  const stored = await services.recipients.find({ ...shardOf(outage, recipientId), recipientId });
  if (!stored) throw new NotFoundError('There is no such person on the list of this outage');
  return stored;
}

const NOT_CORRECTED = 'The person cannot be corrected';
const NOT_ADDED = 'The person cannot be added';
const CALLED =
  'This person is being called or was called, and stays on the list: what happened is on record. An opt-out keeps them from being called again';
