import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Identifier } from '../call-automation/identifiers.ts';
import { InvalidInputError } from '../errors.ts';
import { phoneNumberOf } from '../phone-numbers.ts';
import type { Services } from '../services.ts';
import { MAX_ADDED } from '../storage/recipients.ts';
import type { ImportReport } from './import-report.ts';
import type { Outage } from './outage.ts';
import { callableFrom, TimeZone } from './quiet-hours.ts';
import { type Contact, newRecipient, type Recipient, shardOf } from './recipient.ts';

/** The columns we know; any other is kept with the recipient. */
type Row = { readonly line: number; readonly cells: Readonly<Record<string, string>> };

/** So many rejected rows are listed one by one; all are counted. */
const MAX_REJECTIONS = 100;

/**
 * Adds the people of a CSV to an outage, a row at a time: header row, `phone` or `communicationUserId` required, numbers
 * in any usual form. Good rows are kept whatever the others are like; the same list again changes nothing.
 */
export async function importRecipients(
  services: Services,
  outage: Outage,
  csv: AsyncIterable<Uint8Array>,
): Promise<ImportReport> {
  const seen = new Set<string>();
  const batches = new Map<number, Recipient[]>();
  const rejections: { line: number; reason: string }[] = [];
  const counts = { added: 0, alreadyThere: 0, duplicates: 0, rejected: 0 };
  const at = new Date(outage.startAt ?? outage.createdAt);
  const dueAt = ({ timeZone }: Recipient): Date => callableFrom(at, outage.quietHours, timeZone);

  const flush = async (shard: number): Promise<void> => {
    const batch = batches.get(shard) ?? [];
    batches.delete(shard);
    const added = await services.recipients.add(outage.id, shard, batch, dueAt);
    counts.added += added;
    counts.alreadyThere += batch.length - added;
  };

  for await (const { line, cells } of rowsOf(csv)) {
    const contact = contactOf(cells, outage.defaultCountry);
    if (typeof contact === 'string') {
      counts.rejected++;
      if (rejections.length < MAX_REJECTIONS) rejections.push({ line, reason: contact });
      continue;
    }
    const recipient = newRecipient(contact);
    if (seen.has(recipient.recipientId)) {
      counts.duplicates++;
      continue;
    }
    seen.add(recipient.recipientId);
    const shard = shardOf(recipient.recipientId, outage.shards);
    const batch = batches.get(shard) ?? [];
    batches.set(shard, [...batch, recipient]);
    if (batch.length + 1 === MAX_ADDED) await flush(shard);
  }
  for (const shard of [...batches.keys()]) await flush(shard);
  return { ...counts, rejections };
}

async function* rowsOf(csv: AsyncIterable<Uint8Array>): AsyncIterable<Row> {
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  // A broken upload ends the parser too, so that the loop below throws what this promise would.
  pipeline(csv, parser).catch(() => undefined);
  try {
    for await (const { info, record } of parser) {
      mustName(Object.keys(record));
      yield { line: info.lines, cells: record };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidInputError('The list is not a CSV', [`line ${cause['lines']}: ${cause.code}`], { cause });
  }
}

/** Told once of the whole list, not of each row: a header without our columns is a wrong separator or a wrong file. */
function mustName(columns: readonly string[]): void {
  if (columns.includes('phone') || columns.includes('communicationUserId')) return;
  throw new InvalidInputError('The list has no column phone or communicationUserId', [
    `its header row has ${columns.length} columns; they are separated by commas, and the first row names them`,
  ]);
}

/** The person a row names, or what is wrong with the row. */
function contactOf(cells: Row['cells'], defaultCountry: string): Contact | string {
  const { phone, communicationUserId, name, timeZone, language, ...extra } = cells;
  const identifier = identifierOf(phone, communicationUserId, defaultCountry);
  if (typeof identifier === 'string') return identifier;
  if (timeZone && !TimeZone.safeParse(timeZone).success) return 'timeZone: is no IANA time zone';
  return {
    identifier,
    ...(name && { name }),
    ...(timeZone && { timeZone }),
    ...(language && { language }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function identifierOf(
  phone: string | undefined,
  userId: string | undefined,
  defaultCountry: string,
): Identifier | string {
  if (!phone) return userId ? { communicationUser: { id: userId } } : 'phone: is empty';
  const value = phoneNumberOf(phone, defaultCountry);
  return value === undefined ? 'phone: is no phone number' : { phoneNumber: { value } };
}
