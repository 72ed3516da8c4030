import { z } from 'zod';
import { SafeId } from '../rules/calls/ids.ts';
import { KnownColumn } from './known-columns.ts';

const column = z.string().trim().max(200).optional();

/** Says how a list is to be read, in the query of a request: which column is which, which sheet is the list. */
export const ListQuery = z.object({
  phone: column.describe(
    'The column with the phone numbers, e.g. `Mobile%20Phone`. Default: found by its name. Empty: none.',
  ),
  communicationUserId: column.describe('The column with ACS user ids.'),
  name: column.describe('The column with the names.'),
  firstName: column.describe('The column with first names, if there is none with whole names.'),
  lastName: column.describe('The column with last names, if there is none with whole names.'),
  timeZone: column.describe('The column with the time zones.'),
  language: column.describe('The column with the languages.'),
  sheet: column.describe('The sheet of an XLSX workbook, by its name. Default: the first that is not hidden.'),
});
export type ListQuery = z.infer<typeof ListQuery>;

export const ImportQuery = ListQuery.extend({
  mode: z
    .enum(['add', 'replace'])
    .default('add')
    .describe(
      '`replace`: people who were not called yet and are not in this list are taken off, rejected rows included. Send the whole list in one request.',
    ),
  list: SafeId.optional().describe(
    'An id of your own for a list that is sent in parts: the rejected rows of all its parts are kept together.',
  ),
  linesBefore: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('Lines of the list before this part, without the header row that it repeats. Added to the lines told.'),
});

/** The part of a query that names columns; empty: none is that. */
export const mappingIn = (query: ListQuery): Partial<Record<KnownColumn, string>> =>
  Object.fromEntries(
    KnownColumn.options.flatMap((known) => (query[known] === undefined ? [] : [[known, query[known]]])),
  );
