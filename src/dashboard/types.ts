import type { Activity } from '../lib/views/activity.ts';
import type { CallsView as Calls } from '../lib/views/calls-view.ts';
import type { OutageView } from '../lib/views/outage-view.ts';

export type { ErasureReceipt as Receipt } from '../lib/privacy/erase-person.ts';
export type { Outcome } from '../lib/rules/calls/outcome.ts';
export type { ImportReport } from '../lib/rules/outages/import-report.ts';
export type { ListCheck } from '../lib/rules/outages/list-check.ts';
export type { Review } from '../lib/rules/outages/review.ts';
/** The types of the management API, inferred from its schemas. The bundle contains no schema. */
export type { CallView as Timeline } from '../lib/views/call-view.ts';
export type { OptOutView as OptOut } from '../lib/views/opt-out-view.ts';
export type { OutageEntry as Listed } from '../lib/views/outage-view.ts';
export type { RecipientPage as Recipients, RecipientView as Recipient } from '../lib/views/recipient-view.ts';
export type Outage = OutageView;
export type OutageState = OutageView['state'];
export type Action = OutageView['actions'][number];
export type HeldBecause = keyof OutageView['heldBack'];
export type Sound = OutageView['script']['message'];
export type { Activity, Calls };
export type Minute = Activity['minutes'][number];
export type InFlight = Calls['inFlight'][number];
export type Ended = Calls['latest'][number];
export type Person = Pick<Ended, 'recipientId' | 'phone' | 'communicationUserId' | 'name'>;
