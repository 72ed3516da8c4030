import type { Ids } from '../rules/calls/ids.ts';
import { Backlog } from './backlog.ts';
import { CallLegs, type StoredLeg } from './call-legs.ts';
import { CallRequests } from './call-requests.ts';
import { CallerNumbers } from './caller-numbers.ts';
import { EndedCalls } from './ended-calls.ts';
import { Erasure } from './erasure.ts';
import { Failures } from './failures.ts';
import { Hints } from './hints.ts';
import { Lines } from './lines.ts';
import { Numbers } from './numbers.ts';
import { OptOuts } from './opt-outs.ts';
import { Outages } from './outages.ts';
import { Recipients, type StoredRecipient } from './recipients.ts';
import { RejectedRows } from './rejected-rows.ts';
import { StrayLegs } from './stray-legs.ts';
import type { TableStore } from './table-store.ts';
import { Tallies } from './tallies.ts';
import { Ticks } from './ticks.ts';
import { Turns } from './turns.ts';

/** Everything the app keeps in Table Storage. */
export type Stores = {
  readonly outages: Outages;
  readonly recipients: Recipients;
  readonly backlog: Backlog;
  readonly rejectedRows: RejectedRows;
  readonly tallies: Tallies;
  readonly endedCalls: EndedCalls;
  readonly lines: Lines;
  readonly callerNumbers: CallerNumbers;
  readonly legs: CallLegs;
  readonly requests: CallRequests;
  readonly optOuts: OptOuts;
  readonly numbers: Numbers;
  readonly failures: Failures;
  readonly strays: StrayLegs;
  readonly erasure: Erasure;
  readonly ticks: Ticks;
  readonly turns: Turns;
};

/** What an instance remembers of rows that it read or wrote. */
export type Memory = { readonly legs: Hints<StoredLeg>; readonly recipients: Hints<StoredRecipient> };

export const newMemory = (): Memory => ({ legs: new Hints(), recipients: new Hints() });

/** The stores on these tables. The only place that makes them; sends no request. */
export function storesOn(tables: TableStore, now: () => Date, ids: Ids, memory = newMemory()): Stores {
  return {
    outages: new Outages(tables, now),
    recipients: new Recipients(tables, memory.recipients),
    backlog: new Backlog(tables),
    rejectedRows: new RejectedRows(tables),
    tallies: new Tallies(tables),
    endedCalls: new EndedCalls(tables),
    lines: new Lines(tables),
    callerNumbers: new CallerNumbers(tables),
    legs: new CallLegs(tables, ids.digestOf, memory.legs),
    requests: new CallRequests(tables),
    optOuts: new OptOuts(tables, ids.fromPlain),
    numbers: new Numbers(tables),
    failures: new Failures(tables),
    strays: new StrayLegs(tables),
    erasure: new Erasure(tables),
    ticks: new Ticks(tables),
    turns: new Turns(tables),
  };
}
