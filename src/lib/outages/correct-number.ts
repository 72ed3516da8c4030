import { NotAllowedError } from '../base/errors.ts';
import { isTold } from '../rules/calls/outcome.ts';
import { expired } from '../rules/outages/attempts.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { callableFrom } from '../rules/outages/quiet-hours.ts';
import { type Contact, isUntouched, newRecipient, type Recipient } from '../rules/outages/recipient.ts';
import { shardOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import type { StoredRecipient } from '../storage/recipients.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { mustAllow } from './change-outage.ts';
import { OpenList } from './open-list.ts';

/** How long the old number is not called, ms: until the new one has taken its place, or the correction is repeated. */
const PUT_OFF_MS = 5 * 60_000;

/**
 * Gives a person another number. A recipient is named by the number, so the person becomes another recipient, who was not
 * called yet. In three steps, of which a repeated correction does those that are missing: the old number is put off, so
 * that not both are called; the new recipient is added, so that nobody is lost; the old one is taken off. If they were
 * called before, the old one stays on record, without further calls.
 * @param contact the person with the new number.
 * @throws NotAllowedError if they are being called, have been told or opted out, or the number is on the list already.
 */
export async function correctNumber(
  services: Services,
  stored: StoredOutage,
  old: StoredRecipient,
  contact: Contact,
): Promise<Recipient> {
  const { outage } = stored;
  mustAllow(outage, 'upload');
  const recipient = newRecipient(services.ids.recipientIdOf(outage, contact.identifier), contact);
  const there = await find(services, outage, recipient);
  if (there && !isSame(there.recipient, recipient)) throw new NotAllowedError(ON_THE_LIST);
  const before = await putOff(services, outage, old);
  if (!there) await add(services, stored, recipient);
  if (!(await takeOff(services, outage, before)) && !there) {
    // Somebody else corrected them, or they were taken off.
    const added = await find(services, outage, recipient);
    if (added) await takeOff(services, outage, added);
    throw new NotAllowedError(MEANWHILE);
  }
  return (await find(services, outage, recipient))?.recipient ?? recipient;
}

const find = ({ recipients }: Services, outage: Outage, { recipientId }: Recipient) =>
  recipients.find({ ...shardOf(outage, recipientId), recipientId });

/** True if the other recipient is what an earlier correction, which died, has added. They may have been called since. */
const isSame = (other: Recipient, { name, timeZone, language, extra }: Recipient): boolean =>
  other.name === name &&
  other.timeZone === timeZone &&
  other.language === language &&
  JSON.stringify(other.extra) === JSON.stringify(extra);

/** @returns the recipient who is not called for some minutes; as they are if they are done. */
async function putOff(services: Services, outage: Outage, old: StoredRecipient): Promise<StoredRecipient> {
  const place = { ...shardOf(outage, old.recipient.recipientId), recipientId: old.recipient.recipientId };
  return untilSaved(`Recipient ${place.recipientId}`, async (tries) => {
    const before = tries === 1 ? old : await services.recipients.find(place);
    if (!before) throw new NotAllowedError(MEANWHILE);
    const { recipient } = before;
    const refusal = whyNot(recipient);
    if (refusal !== undefined) throw new NotAllowedError(refusal);
    if (recipient.phase === 'done') return before;
    const later = services.now().getTime() + PUT_OFF_MS;
    // Somebody who waits for longer keeps their time.
    const at = new Date(Math.max(later, dueAt(recipient)));
    return services.recipients.save(place, before, { recipient, due: { kind: 'waiting', at } });
  });
}

const dueAt = ({ dueRow = '' }: Recipient): number => Date.parse(dueRow.split('|')[2] ?? '') || 0;

function whyNot({ phase, outcome }: Recipient): string | undefined {
  if (phase === 'dispatched' || phase === 'dialling') return IN_CALL;
  if (outcome === 'optedOut') return OPTED_OUT;
  return outcome !== undefined && isTold(outcome) ? TOLD : undefined;
}

async function add(services: Services, stored: StoredOutage, recipient: Recipient): Promise<void> {
  const { startAt, createdAt, quietHours } = stored.outage;
  const openList = new OpenList(services, stored);
  await openList.hold();
  try {
    await services.recipients.add(shardOf(stored.outage, recipient.recipientId), [recipient], ({ timeZone }) =>
      callableFrom(new Date(startAt ?? createdAt), quietHours, timeZone),
    );
  } finally {
    await openList.release();
  }
}

/** @returns false if the recipient has changed since they were read. */
async function takeOff(services: Services, outage: Outage, before: StoredRecipient): Promise<boolean> {
  const { recipient } = before;
  const shard = shardOf(outage, recipient.recipientId);
  if (recipient.phase === 'done') return true;
  if (!isUntouched(recipient)) {
    const place = { ...shard, recipientId: recipient.recipientId };
    return (await services.recipients.save(place, before, expired(recipient, services.now()))) !== undefined;
  }
  const removed = await services.backlog.removeAll(shard, [before], services.now().toISOString());
  // A person who is added again is counted in a row of the same name, so add those rows to the sums first.
  while (removed > 0 && (await services.tallies.fold(shard)));
  return removed > 0;
}

const IN_CALL = 'This person is being called. Correct the number when the call has ended';
const TOLD = 'This person has been told at this number. Add the other number as another person';
const OPTED_OUT = 'This person has opted out at this number, and is not called at another one';
const MEANWHILE = 'Somebody else corrected this person or took them off meanwhile. Look at the list again';
const ON_THE_LIST = 'The new number is on the list already. Take this person off the list instead';
