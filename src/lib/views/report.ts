import { pipeline, Readable } from 'node:stream';
import { type CastingContext, stringify } from 'csv-stringify';
import type { Outage } from '../rules/outages/outage.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { viewRecipient } from './recipient-view.ts';

/** The columns of a report, in order. */
export const REPORT_COLUMNS = [
  'recipientId',
  'phone',
  'communicationUserId',
  'name',
  'timeZone',
  'language',
  'state',
  'outcome',
  'reason',
  'endedAt',
  'attempts',
  'lastCallLegId',
];

/**
 * The report of an outage as a CSV stream: one row per recipient, with at most one page of the list in memory. Puts an
 * apostrophe before a cell that a spreadsheet would run as a formula. One request for each thousand recipients, and one
 * per shard.
 */
export function reportOf({ recipients }: Services, outage: Outage): Readable {
  const rows = async function* (): AsyncIterable<object> {
    for (const shard of shardsOf(outage)) {
      for await (const recipient of recipients.all(shard)) yield rowOf(recipient);
    }
  };
  // Phone numbers are E.164, only `+` and digits, so they are safe. Any other cell may hold a formula.
  const string = (value: string, { column }: CastingContext) => ({ value, escape_formulas: column !== 'phone' });
  const csv = stringify({ header: true, columns: REPORT_COLUMNS, cast: { string } });
  // The reader of the stream gets the error, so the callback ignores it.
  pipeline(Readable.from(rows()), csv, () => undefined);
  return csv;
}

function rowOf(recipient: Recipient): object {
  const { attempts, ...view } = viewRecipient(recipient);
  const lastCallLegId = recipient.callLegId ?? attempts.findLast(({ callLegId }) => callLegId)?.callLegId;
  return { ...view, attempts: attempts.length, lastCallLegId };
}
