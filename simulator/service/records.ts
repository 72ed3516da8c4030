import type { Result } from '../base/result.ts';
import type { FaultKind } from './faults.ts';
import type { LegState } from './news.ts';
import type { CloudEventBody, EventBody } from './posted-events.ts';

/** What happened, as plain data: `GET /simulator/calls` and `simulator.calls()` show it. All times are real, UTC. */

/** One try of posting one event. `status` is null where no answer came. */
export type Try = { at: string; status: number | null; error?: string };

export type EventRecord = {
  type: string;
  at: string;
  callbackUri: string;
  event: EventBody | CloudEventBody;
  faults: FaultKind[];
  tries: Try[];
  /** The HTTP status of the last try; null where none has been answered. */
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
  /** What they are up to: in the people language, where they are simulated. */
  does: string;
  did: PersonDid;
  rangAt: string;
  answeredAt: string | null;
  leftAt: string | null;
  participantId: string | null;
  /** The keys that they pressed, one after the other. */
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
  /** The caller number where telephones are called: `sourceAlternateIdentity`. */
  callerNumber: string | null;
  targets: string[];
  subject: string | null;
  callbackUri: string;
  /** Why it ended, where it ended before it was established. */
  reason: Result | null;
  people: PersonRecord[];
  operations: OperationRecord[];
  events: EventRecord[];
};

export type RequestRecord = {
  /** One of the nine operations; null where the path is none. */
  operation: string | null;
  method: string;
  path: string;
  query: Record<string, string>;
  /** As it was sent: parsed where it is JSON. */
  body: unknown;
  at: string;
  requestId: string;
  /** What it was answered; null where the answer was lost. */
  status: number | null;
  code?: string;
};

export type CallsReport = {
  /** Calls placed by createCall that have not ended. */
  callsInFlight: number;
  maxCallsInFlight: number;
  /** The same for each caller number. */
  maxCallsInFlightByNumber: Record<string, number>;
  /** How often createCall was asked to call each number or user, and how often each was invited. */
  created: Record<string, number>;
  invited: Record<string, number>;
  calls: CallRecord[];
};

/** What subscribers hear of, after it has been written down. */
export type Change =
  | { what: 'state'; callLegId: string; state: LegState; reason: Result | null }
  | { what: 'person'; callLegId: string; identity: string; did: PersonDid }
  | { what: 'event'; callLegId: string; event: EventBody | CloudEventBody }
  | { what: 'callback'; callLegId: string; type: string; status: number | null }
  | { what: 'request'; request: RequestRecord };

/** How many requests are remembered; older ones are forgotten. */
const REQUESTS_KEPT = 10_000;

/** Writes down what happens and counts the calls in flight. */
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
