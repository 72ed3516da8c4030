import { z } from 'zod';
import { LINE_COLUMN, REASON_COLUMN } from '../lists/columns.ts';
import { LIST_TYPES } from '../lists/list.ts';
import { ImportQuery, ListQuery } from '../lists/list-query.ts';
import { NewPerson, PersonPatch } from '../outages/people.ts';
import { ImportReport } from '../rules/outages/import-report.ts';
import { ListCheck } from '../rules/outages/list-check.ts';
import { MAX_LIST } from '../rules/outages/list-parts.ts';
import { RecipientView } from '../views/recipient-view.ts';
import { byRoute, json, NO_PARAMETERS, text } from './builders.ts';
import { NOT_NOW, OfRecipient, onOutage } from './on-outage.ts';

const NO_PERSON = { 404: 'There is no such outage, or no such person on its list.' };

/** The operations on lists of people. */
export const LIST_OPERATIONS = {
  importRecipients: onOutage('/recipients', ImportQuery, {
    method: 'PUT',
    does: 'Adds people to the recipient list of an outage. Keeps valid rows even if others are rejected. Idempotent.',
    body: text(
      'CSV: a header row with the column `phone` or `communicationUserId`, or a usual name of it. Optional: `name`, `timeZone`, `language`; any other column is stored as it is. NDJSON: one object per line, with the same members. XLSX: one sheet, as CSV. docs/lists.md says what is accepted.',
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
  addRecipient: onOutage('/recipients', NO_PARAMETERS, {
    method: 'POST',
    does: 'Adds one person to the list of an outage. Idempotent.',
    body: json('The person.', NewPerson),
    answers: {
      201: json('Added.', RecipientView),
      200: json('On the list already, and not changed.', RecipientView),
    },
    refusals: NOT_NOW,
  }),
  correctRecipient: byRoute({
    method: 'PATCH',
    route: 'outages/{id}/recipients/{recipientId}',
    does: 'Corrects the number, name, time zone or language of a person; the next attempt uses them. With another `phone` the person gets another id, and earlier calls stay on record under the old one.',
    params: OfRecipient,
    body: json('Only the members to change. `null` removes one.', PersonPatch),
    answers: { 200: json('The person after the change.', RecipientView) },
    refusals: {
      ...NO_PERSON,
      409: 'The number cannot be changed: the person is being called, has been told or opted out, the new number is on the list already, or the outage does not take people now.',
    },
  }),
  removeRecipient: byRoute({
    method: 'DELETE',
    route: 'outages/{id}/recipients/{recipientId}',
    does: 'Takes a person off the list who was not called yet.',
    params: OfRecipient,
    answers: { 204: { says: 'The person is not on the list.' } },
    refusals: { ...NO_PERSON, 409: 'The person is being called or was called: this stays on record.' },
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
