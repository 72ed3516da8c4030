import { z } from 'zod';
import { TooLargeError } from '../base/errors.ts';
import { REPORT_COLUMNS, type ReportColumn } from '../lists/columns.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { FIRST_PART, NEXT_PART } from '../rules/outages/report-parts.ts';
import type { Services } from '../services/services.ts';
import { BYTE_ORDER_MARK, csvOf } from './csv.ts';
import { cursorOf, FIRST_PLACE, type Place, placeAfter, placeOf } from './place.ts';
import { MAX_PAGE, viewRecipient } from './recipient-view.ts';

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
 * The report of an outage as CSV: one row per recipient. One request for each thousand recipients, and one per shard.
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
  const own = outage.ownColumns ?? [];
  const pages = [isFirst ? BYTE_ORDER_MARK + csvOf([[...REPORT_COLUMNS, ...own]]) : ''];
  let bytes = 0;
  while (place && (part === undefined || bytes < limits.part)) {
    const page = await recipients.page({ outageId: outage.id, shard: place.shard }, place.after, MAX_PAGE);
    const csv = csvOf(page.people.map(({ recipient }) => rowOf(recipient, own)));
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

function rowOf(recipient: Recipient, own: readonly string[]): (string | number | undefined)[] {
  const { attempts, ...view } = viewRecipient(recipient);
  const lastCallLegId = recipient.callLegId ?? attempts.findLast(({ callLegId }) => callLegId)?.callLegId;
  const row: Partial<Record<ReportColumn, string | number | undefined>> = {
    ...view,
    attempts: attempts.length,
    lastCallLegId,
  };
  return [...REPORT_COLUMNS.map((column) => row[column]), ...own.map((column) => recipient.extra?.[column])];
}
