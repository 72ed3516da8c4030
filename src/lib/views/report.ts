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
 * Everybody on an outage's list and how they ended, as a CSV, made while it is read: a page of the list is in memory at a time.
 * A cell that a spreadsheet would run is written after an apostrophe. A request for each thousand people, and one a shard.
 */
export function reportOf({ recipients }: Services, outage: Outage): Readable {
  const rows = async function* (): AsyncIterable<object> {
    for (const shard of shardsOf(outage)) {
      for await (const recipient of recipients.all(shard)) yield rowOf(recipient);
    }
  };
  // Numbers are E.164: digits, which nothing can be run by. Anything else may have been written by anybody.
  const string = (value: string, { column }: CastingContext) => ({ value, escape_formulas: column !== 'phone' });
  const csv = stringify({ header: true, columns: REPORT_COLUMNS, cast: { string } });
  // Whoever reads the report is told of what goes wrong by the stream itself.
  pipeline(Readable.from(rows()), csv, () => undefined);
  return csv;
}

function rowOf(recipient: Recipient): object {
  const { attempts, ...view } = viewRecipient(recipient);
  const lastCallLegId = recipient.callLegId ?? attempts.findLast(({ callLegId }) => callLegId)?.callLegId;
  return { ...view, attempts: attempts.length, lastCallLegId };
}
