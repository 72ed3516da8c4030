import type { Ids } from '../rules/calls/ids.ts';
import { CallLegs } from './call-legs.ts';
import { CallRequests } from './call-requests.ts';
import { CallerNumbers } from './caller-numbers.ts';
import { EndedCalls } from './ended-calls.ts';
import { Failures } from './failures.ts';
import { Lines } from './lines.ts';
import { OptOuts } from './opt-outs.ts';
import { Outages } from './outages.ts';
import { Recipients } from './recipients.ts';
import { RejectedRows } from './rejected-rows.ts';
import type { TableStore } from './table-store.ts';
import { Tallies } from './tallies.ts';

/** Everything the app keeps in Table Storage. */
export type Stores = {
  readonly outages: Outages;
  readonly recipients: Recipients;
  readonly rejectedRows: RejectedRows;
  readonly tallies: Tallies;
  readonly endedCalls: EndedCalls;
  readonly lines: Lines;
  readonly callerNumbers: CallerNumbers;
  readonly legs: CallLegs;
  readonly requests: CallRequests;
  readonly optOuts: OptOuts;
  readonly failures: Failures;
};

/** The stores on these tables. The only place that makes them; sends no request. */
export function storesOn(tables: TableStore, now: () => Date, ids: Ids): Stores {
  return {
    outages: new Outages(tables, now),
    recipients: new Recipients(tables),
    rejectedRows: new RejectedRows(tables),
    tallies: new Tallies(tables),
    endedCalls: new EndedCalls(tables),
    lines: new Lines(tables),
    callerNumbers: new CallerNumbers(tables),
    legs: new CallLegs(tables, ids.digestOf),
    requests: new CallRequests(tables),
    optOuts: new OptOuts(tables, ids.fromPlain),
    failures: new Failures(tables),
  };
}
