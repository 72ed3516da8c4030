import { z } from 'zod';
import { LINE_COLUMN, REASON_COLUMN } from '../lists/columns.ts';
import { LIST_TYPES } from '../lists/list.ts';
import { ImportQuery, ListQuery } from '../lists/list-query.ts';
import { ImportReport } from '../rules/outages/import-report.ts';
import { ListCheck } from '../rules/outages/list-check.ts';
import { MAX_LIST } from '../rules/outages/list-parts.ts';
import { json, NO_PARAMETERS, text } from './builders.ts';
import { NOT_NOW, onOutage } from './on-outage.ts';

/** The operations on lists of people. */
export const LIST_OPERATIONS = {
  importRecipients: onOutage('/recipients', ImportQuery, {
    method: 'PUT',
    does: 'Adds people to the recipient list of an outage. Keeps valid rows even if others are rejected. Idempotent.',
    body: text(
      'CSV: a header row with the column `phone` or `communicationUserId`, or a usual name of it. Optional: `name`, `timeZone`, `language`; any other column is stored as it is. NDJSON: one object per line, with the same members. docs/lists.md says what is accepted.',
      ...LIST_TYPES,
    ),
    answers: { 200: json('The counts, and the reason for each of the first 100 rejected rows.', ImportReport) },
    refusals: {
      ...NOT_NOW,
      413: `The list is larger than ${MAX_LIST / 1_000_000} MB. Send it in parts, each with the header row.`,
      415: 'The list is compressed (`content-encoding`).',
    },
  }),
  checkRecipients: onOutage('/recipients/check', ListQuery, {
    method: 'POST',
    does: 'Checks a list: what adding it would do. Stores nothing. With `accept: text/csv` it answers with the rejected rows and their reasons instead, to be corrected and sent.',
    body: text('A list, as for adding it.', ...LIST_TYPES),
    answers: {
      200: {
        says: 'What adding the list would do, or its rejected rows.',
        types: { 'application/json': ListCheck, 'text/csv': z.string() },
      },
    },
    refusals: {
      413: `The list is larger than ${MAX_LIST / 1_000_000} MB. Send it in parts, each with the header row.`,
      415: 'The list is compressed (`content-encoding`).',
    },
  }),
  getRejectedRows: onOutage('/rejected.csv', NO_PARAMETERS, {
    method: 'GET',
    does: 'Downloads the rejected rows of the latest list that had any, with the reason for each: correct them and send the file again.',
    answers: {
      200: text(
        `CSV, UTF-8 with a byte order mark: ${LINE_COLUMN}, ${REASON_COLUMN}, and the columns of the list.`,
        'text/csv',
      ),
    },
    refusals: { 404: 'There is no such outage, or none of its rows was rejected.' },
  }),
};
