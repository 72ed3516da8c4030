import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { TooLargeError } from '../base/errors.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { FIRST_PART, NEXT_PART } from '../rules/outages/report-parts.ts';
import type { Services } from '../services/services.ts';
import { cursorOf, FIRST_PLACE, type Place, placeAfter, placeOf } from './place.ts';
import { MAX_PAGE, viewRecipient } from './recipient-view.ts';

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

/** Longest report in one answer, and longest part of one, in bytes. A part ends with the page that reaches its limit. */
export type ReportLimits = { readonly whole: number; readonly part: number };
export const REPORT_LIMITS: ReportLimits = { whole: 16_000_000, part: 4_000_000 };

export const ReportQuery = z.object({
  part: z
    .string()
    .optional()
    .describe(
      `Get the report in parts of about ${REPORT_LIMITS.part / 1_000_000} MB: \`${FIRST_PART}\`, then the header \`${NEXT_PART}\` of the previous answer, until an answer has none. The parts, one after the other, are the report.`,
    ),
});
export type ReportQuery = z.infer<typeof ReportQuery>;

/** The report or a part of it, and where the next part begins. */
export type Report = { readonly csv: Buffer; readonly next?: string };

/**
 * The report of an outage as CSV: one row per recipient. Puts an apostrophe before a cell that a spreadsheet would run
 * as a formula. One request for each thousand recipients, and one per shard.
 * @throws TooLargeError if the report does not fit one answer; InvalidInputError if there is no such part.
 */
export async function reportOf(
  { recipients }: Services,
  outage: Outage,
  { part }: ReportQuery,
  limits: ReportLimits = REPORT_LIMITS,
): Promise<Report> {
  const isFirst = part === undefined || part === FIRST_PART;
  let place: Place | undefined = isFirst ? FIRST_PLACE : placeOf(part, outage, 'part');
  const columns = columnsOf(outage);
  const pages = [isFirst ? `\ufeff${csvOf([], columns, true)}` : ''];
  let bytes = 0;
  while (place && (part === undefined || bytes < limits.part)) {
    const page = await recipients.page({ outageId: outage.id, shard: place.shard }, place.after, MAX_PAGE);
    const rows = page.people.map(({ recipient }) => recipient);
    const csv = csvOf(rows.map(rowOf), columns);
    pages.push(csv);
    bytes += Buffer.byteLength(csv);
    if (part === undefined && bytes > limits.whole) throw tooLarge(limits);
    place = placeAfter(place, page.next, outage);
  }
  return { csv: Buffer.from(pages.join('')), ...(place && { next: cursorOf(place) }) };
}

const tooLarge = ({ whole }: ReportLimits): TooLargeError =>
  new TooLargeError(
    `The report is larger than ${whole / 1_000_000} MB: get it in parts, with ?part=${FIRST_PART}, or with npm run lists`,
  );

/** Phone numbers are E.164, only `+` and digits, so they are safe. Any other cell may hold a formula. */
const csvOf = (rows: readonly object[], columns: Column[], header = false): string =>
  stringify([...rows], {
    header,
    columns,
    cast: { string: (value, { column }) => ({ value, escape_formulas: column !== 'phone' }) },
  });

type Column = { key: string; header: string };

/** Prefix of the keys of own columns; one of the list may have the name of one of ours. */
const OWN = 'own|';

const columnsOf = ({ ownColumns = [] }: Outage): Column[] => [
  ...REPORT_COLUMNS.map((key) => ({ key, header: key })),
  ...ownColumns.map((name) => ({ key: `${OWN}${name}`, header: name })),
];

function rowOf(recipient: Recipient): object {
  const { attempts, ...view } = viewRecipient(recipient);
  const lastCallLegId = recipient.callLegId ?? attempts.findLast(({ callLegId }) => callLegId)?.callLegId;
  const own = Object.entries(recipient.extra ?? {}).map(([name, cell]) => [`${OWN}${name}`, cell]);
  return { ...view, attempts: attempts.length, lastCallLegId, ...Object.fromEntries(own) };
}
