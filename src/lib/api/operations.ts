import { z } from 'zod';
import { REPORT_COLUMNS } from '../lists/columns.ts';
import { OutagePatch } from '../outages/patch.ts';
import { Cancellation, Pause } from '../outages/steer.ts';
import { ErasureReceipt } from '../privacy/erase-person.ts';
import { PersonExport } from '../privacy/export-person.ts';
import { AllClear } from '../rules/outages/all-clear-message.ts';
import { OutageSpec } from '../rules/outages/outage.ts';
import { Review } from '../rules/outages/review.ts';
import { Activity } from '../views/activity.ts';
import { CallView } from '../views/call-view.ts';
import { CallsQuery, CallsView } from '../views/calls-view.ts';
import { Health } from '../views/health.ts';
import { NumberBody, OptOutView } from '../views/opt-out-view.ts';
import { DeclaredOutage, OutageEntry, OutageView } from '../views/outage-view.ts';
import { RecipientPage, RecipientQuery } from '../views/recipient-view.ts';
import { REPORT_LIMITS, ReportQuery } from '../views/report.ts';
import { byRoute, json, NO_PARAMETERS, plain, text } from './builders.ts';
import { LIST_OPERATIONS } from './list-operations.ts';
import { NOT_NOW, OfOutage, onOutage } from './on-outage.ts';
import type { Content } from './operation.ts';

const CallLegId = z.string().min(1).max(256).describe('The id that the service gave to the call leg.');
const NO_CALL = { 404: 'There is no such call.' };
const NOT_NEW = { says: 'Not modified since the version in `if-none-match`.' };

/** An operation that changes an outage if its state allows that, and answers with the changed outage. */
const changing = (
  method: 'POST' | 'PATCH',
  path: string,
  does: string,
  body?: Content,
  says = 'The outage after the change.',
) =>
  onOutage(path, NO_PARAMETERS, {
    method,
    does,
    ...(body && { body }),
    answers: { 200: json(says, OutageView) },
    refusals: NOT_NOW,
  });

/** The HTTP API, by name of function: the source of docs/http.md and /api/openapi.json. */
export const OPERATIONS = {
  createOutage: plain({
    method: 'POST',
    route: 'outages',
    does: 'Declares an outage. Idempotent if you choose the `id`.',
    body: json('The outage. docs/outage.md describes each member.', OutageSpec),
    answers: {
      201: json('Declared. Calls begin at `startAt`, by default at once.', DeclaredOutage),
      200: json('Declared before, with the same body.', DeclaredOutage),
    },
    refusals: { 409: 'An outage with this id exists and was declared with another body.' },
  }),
  listOutages: plain({
    method: 'GET',
    route: 'outages',
    does: 'Lists all outages, newest first.',
    answers: { 200: json('All outages.', z.object({ outages: z.array(OutageEntry) })) },
  }),
  getOutage: onOutage('', NO_PARAMETERS, {
    method: 'GET',
    does: 'Gets an outage: its declaration, counts, forecast, and the actions that are allowed now.',
    answers: { 200: json('The outage now.', OutageView) },
  }),
  reviewOutage: onOutage('/review', NO_PARAMETERS, {
    method: 'GET',
    does: 'Says what launching the outage would do: who would be called, who not, when, on how many lines, how long it would take and what it would cost.',
    answers: { 200: json('The review.', Review) },
  }),
  patchOutage: changing(
    'PATCH',
    '',
    'Changes the message, the expiry or the number of concurrent calls. A new message is used in every call that plays it more than 20 seconds later.',
    json('Only the members to change. `null` removes an optional member.', OutagePatch),
  ),
  launchOutage: changing(
    'POST',
    '/launch',
    'Calls the people of a draft, from now on or from `startAt`. Of a launched outage it changes nothing.',
  ),
  pauseOutage: changing(
    'POST',
    '/pause',
    'Stops new calls until the outage is resumed. Calls in progress continue, unless the body asks to hang them up; calls that are being placed at this moment may still ring.',
    json('Optional.', Pause),
  ),
  resumeOutage: changing(
    'POST',
    '/resume',
    'Continues to call. If caller numbers of the outage rest, this ends their rest, for other outages too.',
  ),
  cancelOutage: changing(
    'POST',
    '/cancel',
    'Stops new calls for good. Calls in progress continue, unless the body asks to hang them up.',
    json('Optional.', Cancellation),
  ),
  restoreOutage: changing(
    'POST',
    '/restore',
    'Ends the outage and stops its new calls. Declares an all-clear outage, which calls everyone who was told of this one, once each.',
    json('The all-clear.', AllClear),
    'The outage after the change. `allClearBy` is the id of the all-clear outage.',
  ),
  ...LIST_OPERATIONS,
  listRecipients: onOutage('/recipients', RecipientQuery, {
    method: 'GET',
    does: 'Lists the recipients of an outage, with their state and outcome. A page may have fewer than `limit` recipients, or none; it is the last page only if it has no `cursor`.',
    answers: { 200: json('One page.', RecipientPage) },
  }),
  getReport: onOutage('/report.csv', ReportQuery, {
    method: 'GET',
    does: 'Downloads a report: one row per recipient, with the outcome. A cell that a spreadsheet would run as a formula begins with an apostrophe.',
    answers: {
      200: text(
        `CSV, UTF-8 with a byte order mark. Columns: ${REPORT_COLUMNS.join(', ')}, and then those of the list itself.`,
        'text/csv',
      ),
    },
    refusals: {
      413: `The report is larger than ${REPORT_LIMITS.whole / 1_000_000} MB. Get it in parts, with \`part\`.`,
    },
  }),
  getActivity: onOutage('/activity', NO_PARAMETERS, {
    method: 'GET',
    does: 'Counts ended and answered calls by minute.',
    answers: { 200: json('The minutes in which at least one call ended.', Activity) },
  }),
  listCalls: onOutage('/calls', CallsQuery, {
    method: 'GET',
    does: 'Lists the calls in progress, and the latest calls that ended.',
    answers: { 200: json('The calls, newest first.', CallsView) },
  }),
  getOutageCall: byRoute({
    method: 'GET',
    route: 'outages/{id}/calls/{callLegId}',
    does: 'Gets a call of an outage: its state, its events and its actions.',
    params: OfOutage.extend({ callLegId: CallLegId }),
    answers: { 200: json('The call.', CallView) },
    refusals: NO_CALL,
  }),
  getCall: byRoute({
    method: 'GET',
    route: 'calls/{callLegId}',
    does: 'Gets any call, including one that was requested by hand.',
    params: z.object({ callLegId: CallLegId }),
    answers: { 200: json('The call.', CallView) },
    refusals: NO_CALL,
  }),
  addOptOut: plain({
    method: 'POST',
    route: 'opt-outs',
    does: 'Opts a number out: no outage calls it again. A call in progress continues. Idempotent.',
    body: json('The number.', NumberBody),
    answers: { 200: json('The number has opted out.', OptOutView) },
  }),
  findOptOut: plain({
    method: 'POST',
    route: 'opt-outs/find',
    does: 'Tells whether a number has opted out.',
    body: json('The number.', NumberBody),
    answers: { 200: json('The number has opted out.', OptOutView) },
    refusals: { 404: 'The number has not opted out.' },
  }),
  removeOptOut: plain({
    method: 'POST',
    route: 'opt-outs/remove',
    does: 'Removes an opt-out: outages may call the number again. Idempotent.',
    body: json('The number.', NumberBody),
    answers: { 204: { says: 'The number has not opted out.' } },
  }),
  exportPerson: plain({
    method: 'POST',
    route: 'people/export',
    does: 'Exports everything that is kept of a number: lists, calls, events, actions, rejected rows, failed messages, opt-out.',
    body: json('The number.', NumberBody),
    answers: { 200: json('What is kept of it.', PersonExport) },
  }),
  erasePerson: plain({
    method: 'POST',
    route: 'people/erase',
    does: 'Erases everything that is kept of a number. Waiting people are called off first. Counts stay, and an opt-out stays by the id of the number only. Idempotent.',
    body: json('The number.', NumberBody),
    answers: { 200: json('What was erased.', ErasureReceipt) },
    refusals: {
      409: 'The number is being called, or is an operator of an outage that is not over. Nothing was erased.',
    },
  }),
  callEvents: byRoute({
    method: 'POST',
    route: 'call-events/{token}',
    isAnonymous: true,
    does: 'Receives call events from Azure Communication Services. Not for people: the app signs the token, which says what the call is for.',
    params: z.object({ token: z.string().describe('The purpose of the call, signed by the app.') }),
    body: json('One event or a list of events. Events of unknown types are recorded.', z.unknown()),
    answers: { 200: { says: 'The events are recorded.' } },
    refusals: {
      401: 'The token or the proof of the sender is missing or wrong, or an event is of another call than the token. The other events are recorded.',
      413: 'There are more than 100 events.',
      503: 'The sender cannot be checked now: try again.',
    },
  }),
  dashboard: plain({
    method: 'GET',
    isHeadToo: true,
    route: 'dashboard',
    isAnonymous: true,
    does: 'Serves the page of the dashboard. It holds no data and asks for the function key.',
    answers: { 200: text('The page.', 'text/html'), 304: NOT_NEW },
  }),
  dashboardFile: byRoute({
    method: 'GET',
    isHeadToo: true,
    route: 'dashboard/{file}',
    isAnonymous: true,
    does: 'Serves a file of the dashboard.',
    params: z.object({ file: z.string().describe('The name of the file.') }),
    answers: { 200: text('The file.', 'text/javascript', 'text/css', 'image/svg+xml', 'text/html'), 304: NOT_NEW },
    refusals: { 404: 'There is no such file.' },
  }),
  getHealth: plain({
    method: 'GET',
    isHeadToo: true,
    route: 'health',
    isAnonymous: true,
    does: 'Checks that the settings are valid, that storage answers and that the timer runs.',
    answers: { 200: json('All checks passed.', Health), 503: json('At least one check failed.', Health) },
  }),
  getOpenApi: plain({
    method: 'GET',
    route: 'openapi.json',
    does: 'Describes this API as OpenAPI 3.1.',
    answers: { 200: json('The OpenAPI document.', z.record(z.string(), z.unknown())) },
  }),
};
