import type { Result } from '../base/result.ts';
import type { FaultKind } from './faults.ts';
import type { LegState } from './news.ts';
import type { CloudEventBody, EventBody } from './posted-events.ts';

/** What happened, as plain data. `GET /simulator/calls` and `simulator.calls()` show it. All times are real, in UTC. */

/** One attempt to post one event. `status` is null if no answer came. */
export type Try = { at: string; status: number | null; error?: string };

export type EventRecord = {
  type: string;
  at: string;
  callbackUri: string;
  event: EventBody | CloudEventBody;
  faults: FaultKind[];
  tries: Try[];
  /** The HTTP status of the last answered attempt, or null if none was answered. */
  status: number | null;
};

export type PersonDid =
  | 'rings'
  | 'answered'
  | 'busy'
  | 'noAnswer'
  | 'declines'
  | 'unknownNumber'
  | 'cancelled'
  | 'left';

export type PersonRecord = {
  identity: string;
  role: 'called' | 'invited';
  /** What they do. For simulated people, a description in the people language. */
  does: string;
  did: PersonDid;
  rangAt: string;
  answeredAt: string | null;
  leftAt: string | null;
  participantId: string | null;
  /** The keys that they pressed, in order. */
  pressed: string;
};

export type OperationRecord = {
  operation: string;
  at: string;
  operationContext: string | null;
  status: number;
  code?: string;
};

export type CallRecord = {
  callLegId: string;
  placedBy: 'createCall' | 'joinCall';
  state: LegState;
  states: { state: LegState; at: string }[];
  conversationId: string | null;
  source: string;
  /** The caller number if telephones are called: `sourceAlternateIdentity`. */
  callerNumber: string | null;
  targets: string[];
  subject: string | null;
  callbackUri: string;
  /** Why it ended, if it ended before it was established. */
  reason: Result | null;
  people: PersonRecord[];
  operations: OperationRecord[];
  events: EventRecord[];
};

export type RequestRecord = {
  /** The name of the operation, or null if the path is not one. */
  operation: string | null;
  method: string;
  path: string;
  query: Record<string, string>;
  /** As it was sent, parsed if it is JSON. */
  body: unknown;
  at: string;
  requestId: string;
  /** The status of the answer, or null if the answer was lost. */
  status: number | null;
  code?: string;
};

export type CallsReport = {
  /** Calls placed by createCall that have not ended. */
  callsInFlight: number;
  maxCallsInFlight: number;
  /** The maximum for each caller number. */
  maxCallsInFlightByNumber: Record<string, number>;
  /** How often each number or user was called by createCall, and how often each was invited. */
  created: Record<string, number>;
  invited: Record<string, number>;
  calls: CallRecord[];
};

/** A change that subscribers are told about, after it was recorded. */
export type Change =
  | { what: 'state'; callLegId: string; state: LegState; reason: Result | null }
  | { what: 'person'; callLegId: string; identity: string; did: PersonDid }
  | { what: 'event'; callLegId: string; event: EventBody | CloudEventBody }
  | { what: 'callback'; callLegId: string; type: string; status: number | null }
  | { what: 'request'; request: RequestRecord };

/** How many requests are kept. Older ones are dropped. */
const REQUESTS_KEPT = 10_000;

/** Records what happens, and counts the calls in flight. */
export class Records {
  readonly report: CallsReport = {
    callsInFlight: 0,
    maxCallsInFlight: 0,
    maxCallsInFlightByNumber: {},
    created: {},
    invited: {},
    calls: [],
  };
  readonly requests: RequestRecord[] = [];
  readonly #inFlightByNumber = new Map<string, number>();
  readonly #tell: (change: Change) => void;

  constructor(tell: (change: Change) => void) {
    this.#tell = tell;
  }

  changed(change: Change): void {
    this.#tell(change);
  }

  inFlightOf(callerNumber: string): number {
    return this.#inFlightByNumber.get(callerNumber) ?? 0;
  }

  callBegins(call: CallRecord): void {
    this.report.calls.push(call);
    if (call.placedBy === 'createCall') this.#count(call.callerNumber, 1);
  }

  calls(identity: string): void {
    this.report.created[identity] = (this.report.created[identity] ?? 0) + 1;
  }

  callEnds(call: CallRecord): void {
    if (call.placedBy === 'createCall') this.#count(call.callerNumber, -1);
  }

  invites(identity: string): void {
    this.report.invited[identity] = (this.report.invited[identity] ?? 0) + 1;
  }

  asked(request: RequestRecord): void {
    this.requests.push(request);
    if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
    this.changed({ what: 'request', request });
  }

  #count(callerNumber: string | null, by: 1 | -1): void {
    const { report } = this;
    report.callsInFlight += by;
    report.maxCallsInFlight = Math.max(report.maxCallsInFlight, report.callsInFlight);
    if (callerNumber === null) return;
    const inFlight = this.inFlightOf(callerNumber) + by;
    this.#inFlightByNumber.set(callerNumber, inFlight);
    const most = report.maxCallsInFlightByNumber[callerNumber] ?? 0;
    report.maxCallsInFlightByNumber[callerNumber] = Math.max(most, inFlight);
  }
}
