import { z } from 'zod';
import { LIST_TYPES } from '../outages/import-rows.ts';
import { OutagePatch } from '../outages/patch.ts';
import { Cancellation } from '../outages/steer.ts';
import { SafeId } from '../rules/calls/purpose.ts';
import { AllClear } from '../rules/outages/all-clear-message.ts';
import { ImportReport } from '../rules/outages/import-report.ts';
import { OutageSpec } from '../rules/outages/outage.ts';
import { Activity } from '../views/activity.ts';
import { CallView } from '../views/call-view.ts';
import { CallsQuery, CallsView } from '../views/calls-view.ts';
import { Health } from '../views/health.ts';
import { OptOutQuery, OptOutView } from '../views/opt-out-view.ts';
import { DeclaredOutage, OutageEntry, OutageView } from '../views/outage-view.ts';
import { RecipientPage, RecipientQuery } from '../views/recipient-view.ts';
import { REPORT_COLUMNS } from '../views/report.ts';
import { byRoute, json, NO_PARAMETERS, plain, text } from './builders.ts';
import { type Content, type Operation, operation } from './operation.ts';

const OfOutage = z.object({ id: SafeId.describe('The outage.') });
const CallLegId = z.string().min(1).max(256).describe('The call leg, as the service named it.');
const OfNumber = z.object({
  number: z.string().max(40).describe('A phone number, E.164 (`%2B1…`) or as people write it.'),
});

const NO_OUTAGE = { 404: 'There is no such outage.' };
const NOT_NOW = { 409: 'It makes no sense as the outage stands: `detail` says why, and what is possible.' };
const NO_CALL = { 404: 'There is no such call.' };
const NOT_NEW = { says: 'It is as it was: the browser has it (`if-none-match`).' };

type Described = Pick<Operation, 'method' | 'does' | 'body' | 'answers' | 'refusals'>;

/** An operation on one outage. @param path what follows the outage in the route. */
const onOutage = <Query extends z.ZodObject>(path: string, query: Query, it: Described) =>
  operation({
    ...it,
    route: `outages/{id}${path}`,
    params: OfOutage,
    query,
    refusals: { ...NO_OUTAGE, ...it.refusals },
  });

/** An operation that changes an outage, if its state allows that, and answers how it stands then. */
const changing = (method: 'POST' | 'PATCH', path: string, does: string, body?: Content, says = 'As it is now.') =>
  onOutage(path, NO_PARAMETERS, {
    method,
    does,
    ...(body && { body }),
    answers: { 200: json(says, OutageView) },
    refusals: NOT_NOW,
  });

/** An operation on the opt-out of one number. */
const onOptOut = (it: Described) =>
  operation({ ...it, route: 'opt-outs/{number}', params: OfNumber, query: OptOutQuery });

/** The HTTP API, by the names of its functions. docs/http.md and /api/openapi.json are made from it. */
export const OPERATIONS = {
  createOutage: plain({
    method: 'POST',
    route: 'outages',
    does: 'Declares an outage. With an `id` of your own it can be sent again: one id is one outage.',
    body: json('The outage: docs/outage.md tells of each member.', OutageSpec),
    answers: {
      201: json('It is on record; its people are called when its time comes.', DeclaredOutage),
      200: json('It was declared before, just so.', DeclaredOutage),
    },
    refusals: { 409: 'There is an outage with that id, declared otherwise.' },
  }),
  listOutages: plain({
    method: 'GET',
    route: 'outages',
    does: 'Lists the outages, the newest first.',
    answers: { 200: json('All of them.', z.object({ outages: z.array(OutageEntry) })) },
  }),
  getOutage: onOutage('', NO_PARAMETERS, {
    method: 'GET',
    does: 'How an outage stands: its declaration, counts, forecast, and what can be done with it now.',
    answers: { 200: json('As it is at this moment.', OutageView) },
  }),
  patchOutage: changing(
    'PATCH',
    '',
    'Changes what people are told, or for how long and how many at once. It reaches every call whose message is asked for more than twenty seconds later.',
    json('What is left out stays; null takes away what may be left out.', OutagePatch),
  ),
  pauseOutage: changing(
    'POST',
    '/pause',
    'Nobody else is called until it is resumed. Calls in progress, and those being placed at that moment, go on.',
  ),
  resumeOutage: changing('POST', '/resume', 'Goes on calling, at the timer’s next look.'),
  cancelOutage: changing(
    'POST',
    '/cancel',
    'Nobody else is called any more, for good. Calls in progress come to their end, or are hung up.',
    json('May be left out.', Cancellation),
  ),
  restoreOutage: changing(
    'POST',
    '/restore',
    'It is over: nobody else is told of it, and whoever was told is called with the all-clear, an outage of its own, once each.',
    json('The all-clear.', AllClear),
    'As it is now; `allClearBy` is the outage of the all-clear.',
  ),
  importRecipients: onOutage('/recipients', NO_PARAMETERS, {
    method: 'PUT',
    does: 'Adds people to the list of an outage. Good rows are kept whatever the others are like; the same list again changes nothing.',
    body: text(
      'CSV: a header row with the column `phone` or `communicationUserId`; `name`, `timeZone` and `language` are known, any other column is kept. NDJSON: an object a line with the same members.',
      ...LIST_TYPES,
    ),
    answers: { 200: json('How it went, row by row for the first hundred that were rejected.', ImportReport) },
    refusals: { ...NOT_NOW, 413: 'The list has more than 100 MB.' },
  }),
  listRecipients: onOutage('/recipients', RecipientQuery, {
    method: 'GET',
    does: 'The people of an outage and how each of them stands. An answer may have fewer than `limit`, even none, while it has a cursor.',
    answers: { 200: json('Some of them.', RecipientPage) },
  }),
  getReport: onOutage('/report.csv', NO_PARAMETERS, {
    method: 'GET',
    does: 'Everybody on the list and how they ended, a row each. A cell that a spreadsheet would run begins with an apostrophe.',
    answers: {
      200: text(`Streamed, with the columns ${REPORT_COLUMNS.join(', ')}.`, 'text/csv'),
    },
  }),
  getActivity: onOutage('/activity', NO_PARAMETERS, {
    method: 'GET',
    does: 'How many calls ended, minute by minute, and how many of them were answered.',
    answers: { 200: json('The minutes in which calls ended.', Activity) },
  }),
  listCalls: onOutage('/calls', CallsQuery, {
    method: 'GET',
    does: 'The calls in progress, and the latest that ended.',
    answers: { 200: json('The newest first.', CallsView) },
  }),
  getOutageCall: byRoute({
    method: 'GET',
    route: 'outages/{id}/calls/{callLegId}',
    does: 'One call of an outage: where it stands, its events, and what was asked for in it.',
    params: OfOutage.extend({ callLegId: CallLegId }),
    answers: { 200: json('What is on record.', CallView) },
    refusals: NO_CALL,
  }),
  getCall: byRoute({
    method: 'GET',
    route: 'calls/{callLegId}',
    does: 'One call, also one that was asked for by hand.',
    params: z.object({ callLegId: CallLegId }),
    answers: { 200: json('What is on record.', CallView) },
    refusals: NO_CALL,
  }),
  getOptOut: onOptOut({
    method: 'GET',
    does: 'Whether a number has opted out of being called.',
    answers: { 200: json('It has.', OptOutView) },
    refusals: { 404: 'It has not.' },
  }),
  putOptOut: onOptOut({
    method: 'PUT',
    does: 'The number is not called again, by any outage. A call in progress goes on.',
    answers: { 200: json('It has opted out, now or before.', OptOutView) },
  }),
  deleteOptOut: onOptOut({
    method: 'DELETE',
    does: 'The number may be called again.',
    answers: { 204: { says: 'It may be called.' } },
  }),
  callEvents: byRoute({
    method: 'POST',
    route: 'call-events/{token}',
    isAnonymous: true,
    does: 'Azure Communication Services tells what happens in a call. Not for people: the token is signed by the app, and says what the call is for.',
    params: z.object({ token: z.string().describe('What the call is for, signed.') }),
    body: json('An event or a list of them; those of a type that is not known are recorded.', z.unknown()),
    answers: { 200: { says: 'They are on record.' } },
    refusals: {
      401: 'The token, or the proof of who calls, is missing or wrong.',
      503: 'Who calls cannot be checked now: try again.',
    },
  }),
  dashboard: plain({
    method: 'GET',
    route: 'dashboard',
    isAnonymous: true,
    does: 'The dashboard: a page without data, which asks for the key.',
    answers: { 200: text('The page.', 'text/html'), 304: NOT_NEW },
  }),
  dashboardFile: byRoute({
    method: 'GET',
    route: 'dashboard/{file}',
    isAnonymous: true,
    does: 'What the page of the dashboard is made of.',
    params: z.object({ file: z.string().describe('The name of one of its files.') }),
    answers: { 200: text('The file.', 'text/javascript', 'text/css', 'image/svg+xml', 'text/html'), 304: NOT_NEW },
    refusals: { 404: 'There is no such file.' },
  }),
  getHealth: plain({
    method: 'GET',
    route: 'health',
    isAnonymous: true,
    does: 'Whether the app can work: its settings are right and storage answers.',
    answers: { 200: json('It can.', Health), 503: json('It cannot.', Health) },
  }),
  getOpenApi: plain({
    method: 'GET',
    route: 'openapi.json',
    does: 'This API as OpenAPI 3.1.',
    answers: { 200: json('The document.', z.record(z.string(), z.unknown())) },
  }),
};
