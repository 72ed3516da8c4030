import { z } from 'zod';
import { type Identifier, identityOf } from '../../src/lib/call-automation/identifiers.ts';
import { LINE_GRACE_MS } from '../../src/lib/outages/dispatcher.ts';
import { LegState } from '../../src/lib/rules/calls/leg.ts';
import { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { isOver } from '../../src/lib/rules/outages/lifecycle.ts';
import { OutageState } from '../../src/lib/rules/outages/outage.ts';
import { QUEUES } from '../../src/lib/storage/queue-store.ts';
import type { Cell, Columns } from '../../src/lib/storage/table-store.ts';
import type { Call, CallParts, Operation } from './call.ts';
import { counted, listed, resultsIn } from './counts.ts';
import { isOurs, isUnclear } from './endings.ts';
import { FairChecks } from './fair-checks.ts';
import { LimitChecks } from './limit-checks.ts';
import { LineChecks } from './line-checks.ts';
import { ListChecks } from './list-changes.ts';
import { BreakerChecks } from './misconfiguration.ts';
import { lostIn } from './next-version.ts';
import { OutcomeChecks } from './outcome-checks.ts';
import type { Invocation } from './process.ts';
import type { Message } from './queues.ts';
import type { Scenario } from './scenario.ts';
import { callsFrom, type Service, type ServiceEvent } from './service.ts';
import { SteeringChecks } from './steering-checks.ts';
import { tickMsOf } from './stopped-timer.ts';
import type { RowChange, WorldTables } from './stores.ts';
import { GIVEN_UP_AFTER_MS } from './stubborn.ts';

/** The promises of docs/reliability.md that the checks test. */
export type Rule =
  | 'nobody is lost'
  | 'nobody is called twice'
  | 'pacing is exact'
  | 'no line stands idle'
  | 'lines are shared fairly'
  | 'nothing goes backwards'
  | 'acknowledged if and only if the key was pressed'
  | 'opted out if and only if the key was pressed'
  | 'an event counts once'
  | 'an action is asked for once'
  | 'nothing disappears'
  | 'counts match the list'
  | 'nothing multiplies'
  | 'everything ends'
  | 'pausing and stopping work'
  | 'people who were told are told that it is over'
  | 'a change reaches every call'
  | 'our own misconfiguration is nobody’s outcome'
  | 'a resting number is only probed'
  | 'a decline is retried once'
  | 'an outcome is what happened'
  | 'nothing of another version is lost'
  | 'a caller is asked for what it can do'
  | 'a change of a list is what was asked for'
  | 'a number’s limits are kept'
  | 'no surprises';

export type Violation = { readonly rule: Rule; readonly what: string };

const ACKNOWLEDGE = '1';
const OPT_OUT = '9';
/** A person who opts out may still be dialled by a process that checked just before. */
const OPT_OUT_RACE_MS = 120_000;
/** A message whose process died is redelivered within this time. */
const REDELIVERY_MS = 10 * 60_000;
/** More identical messages than this on a queue at once break a promise. */
const MANY = 30;
const SLACK_MS = 5 * 60_000;

const Actions = z.array(
  z.object({ queue: z.enum(QUEUES), message: z.looseObject({ operationContext: z.string().optional() }) }),
);
export type Actions = z.infer<typeof Actions>;

export type Facts = {
  readonly scenario: Scenario;
  readonly tables: WorldTables;
  readonly service: Service;
  readonly messages: readonly Message[];
  /** The event that a run of callEvents is about. */
  readonly eventOf: (by: Invocation) => ServiceEvent | undefined;
  readonly now: () => number;
  readonly after: (ms: number, what: () => void) => void;
  readonly calmFrom: number;
};

/** Checks a world from outside the app: its rows, the service, the people. The first broken promise ends the world. */
export class Checks {
  violation: Violation | undefined;
  readonly #facts: Facts;
  /** The due rows of each recipient, by partition and id. */
  readonly #due = new Map<string, Set<string>>();
  /** Ids of the calls that are in the tables. */
  readonly #known = new Set<string>();
  /** How many calls each attempt and each request has placed. */
  readonly #placed = new Map<string, Call[]>();
  /** The recorded events, with the actions that each one requires. */
  readonly #recorded = new Map<string, Actions>();
  /** The events that changed their leg. */
  readonly #counted = new Set<ServiceEvent>();
  /** The messages that were sent, by the action that they ask for. */
  readonly #sent = new Map<string, Message[]>();
  readonly #optedOutAt = new Map<string, number>();
  readonly #steering: SteeringChecks;
  readonly #lines: LineChecks;
  readonly lists: ListChecks;
  readonly #limits: LimitChecks;
  readonly #fair: FairChecks;
  readonly breaker: BreakerChecks;
  readonly #outcomes: OutcomeChecks;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.breaker = new BreakerChecks(facts, (...broken) => this.fail(...broken));
    this.#steering = new SteeringChecks(facts, (...broken) => this.fail(...broken));
    this.#limits = new LimitChecks(facts, (...broken) => this.fail(...broken));
    this.#lines = new LineChecks(facts, (...broken) => this.fail(...broken));
    this.lists = new ListChecks(facts, (...broken) => this.fail(...broken));
    this.#fair = new FairChecks(facts, (...broken) => this.fail(...broken));
    this.#outcomes = new OutcomeChecks(facts, (...broken) => this.fail(...broken));
  }

  fail(rule: Rule, what: string): void {
    this.violation ??= { rule, what };
  }

  /** The timer is about to look. */
  atTick(): void {
    this.#lines.atTick();
  }

  /** A tick has ended, and no step of it failed. */
  ticked(beganAt: number): void {
    this.breaker.ticked(beganAt);
    this.#fair.ticked(beganAt);
  }

  // --- After every step

  committed(changes: readonly RowChange[], by: Invocation | undefined): void {
    const people = new Map<string, RowChange>();
    for (const change of changes) {
      this.breaker.committed(change);
      this.#fair.committed(change);
      this.#keepsWhatOthersWrote(change);
      if (change.table === 'Recipients' && isOfPerson(change.rowKey)) {
        people.set(this.#recipientChanged(change, by), change);
      }
      if (change.table === 'CallLegs') this.#callChanged(change, by);
      if (change.table === 'Outages') this.#steering.outageChanged(change);
      if (change.table === 'Requests') this.#learn(change.after?.['callLegId']);
      this.#limits.committed(change);
      if (change.table === 'OptOuts' && !change.before && !change.rowKey.includes('|'))
        this.#optedOutAt.set(change.rowKey, this.#facts.now());
    }
    for (const [id, { partition }] of people) this.#hasOneDueRow(partition, id);
    if (changes.some(({ table }) => table === 'Requests')) this.#requestsHaveOneDueRow();
  }

  #keepsWhatOthersWrote(change: RowChange): void {
    const lost = lostIn(change);
    if (lost.length === 0) return;
    this.fail('nothing of another version is lost', `${change.rowKey} of ${change.table}: ${lost.join(', ')}`);
  }

  /** @returns the recipient id. */
  #recipientChanged(change: RowChange, by: Invocation | undefined): string {
    const { partition, rowKey, before, after } = change;
    const [kind, ...rest] = rowKey.split('|');
    const id = rest.at(-1) ?? '';
    if (kind === 'due') {
      const rows = this.#due.get(`${partition}/${id}`) ?? new Set();
      this.#due.set(`${partition}/${id}`, rows);
      if (after) rows.add(rowKey);
      else rows.delete(rowKey);
      return id;
    }
    this.#learn(after?.['callLegId']);
    this.lists.recipientChanged(change, by);
    if (!after) return id;
    this.#neverWorse(`recipient ${id}`, before?.['outcome'], after?.['outcome']);
    if (before?.['resultsJson'] !== after?.['resultsJson']) this.#resultsNeverWorse(id, before, after);
    if (after?.['outcome'] === 'acknowledged' && before?.['outcome'] !== 'acknowledged')
      this.#wasPressed(partition, id);
    return id;
  }

  #resultsNeverWorse(id: string, before: Columns | undefined, after: Columns | undefined): void {
    const results = resultsIn(after);
    for (const { attempt, outcome } of resultsIn(before)) {
      const now = results.find((result) => result.attempt === attempt)?.outcome;
      this.#neverWorse(`attempt ${attempt} of ${id}`, outcome, now);
    }
  }

  /** Promise 1: a recipient without an outcome has one due row, named in their row. With an outcome they have none. */
  #hasOneDueRow(partition: string, id: string): void {
    const row = this.#facts.tables.rows('Recipients', partition).get(`recipient|${id}`);
    const keys = [...(this.#due.get(`${partition}/${id}`) ?? [])];
    const wanted = !row || row['outcome'] !== undefined ? [] : [row['dueRow']];
    if (keys.join() !== wanted.join()) {
      const state = row ? `${row['phase']}, ${row['outcome'] ?? 'no outcome'}` : 'not there';
      this.fail('nobody is lost', `recipient ${id} (${state}) has the due rows [${keys.join()}]`);
    }
    if (row && (row['phase'] === 'done') !== (row['outcome'] !== undefined)) {
      this.fail('nobody is lost', `recipient ${id} is ${row['phase']} with outcome ${row['outcome']}`);
    }
  }

  /** The same for requests. A request that is done may keep its due row, for one more look that reports the result. */
  #requestsHaveOneDueRow(): void {
    const rows = this.#facts.tables.rows('Requests', 'requests');
    const due = [...rows.keys()].filter((rowKey) => rowKey.startsWith('due|'));
    const wanted = [...rows.values()].flatMap(({ dueRow }) => (dueRow === undefined ? [] : [dueRow]));
    const forgotten = [...rows.values()].some(({ phase, dueRow }) => phase && phase !== 'done' && !dueRow);
    if (forgotten || due.sort().join() !== wanted.sort().join()) {
      this.fail('nobody is lost', `requests have the due rows [${due.join()}], but name [${wanted.join()}]`);
    }
  }

  #callChanged(change: RowChange, by: Invocation | undefined): void {
    const { partition, rowKey, before, after } = change;
    const event = by && this.#facts.eventOf(by);
    if (rowKey === 'leg') this.#learn(after?.['callLegId']);
    if (rowKey.startsWith('event|')) {
      if (before) this.fail('an event counts once', `${rowKey} of ${partition} was written twice`);
      if (event && after) {
        const actions = actionsIn(after);
        event.recordedAt = this.#facts.now();
        this.#recorded.set(nameOf(event), actions);
        this.#steering.eventRecorded(event, by, actions);
      }
    }
    if (rowKey !== 'leg') return;
    this.#isGivenUpLate(change);
    if (before && !after) this.fail('nothing goes backwards', `the row of ${partition} was deleted`);
    this.#neverWorse(`call ${partition}`, before?.['outcome'], after?.['outcome']);
    if (rank(LegState, after?.['state']) < rank(LegState, before?.['state'])) {
      this.fail('nothing goes backwards', `call ${partition} went from ${before?.['state']} to ${after?.['state']}`);
    }
    if (!event) return;
    if (this.#counted.has(event)) this.fail('an event counts once', `${nameOf(event)} has changed its call twice`);
    this.#counted.add(event);
  }

  /** The app may give a stubborn call up, and use its line again, once it has tried for long enough. */
  #isGivenUpLate({ partition: callLegId, before, after }: RowChange): void {
    if (after?.['stage'] !== 'ended' || before?.['stage'] === 'ended') return;
    const { service, scenario, now } = this.#facts;
    const call = service.find(callLegId);
    if (!call?.isStubborn || call.endedAt !== undefined) return;
    const triedForMs = now() - call.placedAt - scenario.settings.limits.maxCallMs;
    if (triedForMs >= GIVEN_UP_AFTER_MS) call.isLost = true;
    else this.fail('everything ends', `${callLegId} is given up, but the service refuses to end it`);
  }

  #learn(callLegId: Cell | undefined): void {
    if (typeof callLegId === 'string') this.#known.add(callLegId);
  }

  #neverWorse(whose: string, before: Cell | undefined, after: Cell | undefined): void {
    if (rank(Outcome, after) < rank(Outcome, before)) {
      this.fail('nothing goes backwards', `the outcome of ${whose} went from ${before} to ${after}`);
    }
  }

  /** Promise 3: `acknowledged` only if the app received the event of the key. */
  #wasPressed(partition: string, id: string): void {
    const [outageId] = partition.split('|');
    const isTold = this.#facts.service.events.some(
      ({ about, isReceived, call }) =>
        about.key === ACKNOWLEDGE && isReceived && isFor(call.parts.purpose, outageId, id),
    );
    if (!isTold) {
      this.fail('acknowledged if and only if the key was pressed', `recipient ${id} is acknowledged without the key`);
    }
  }

  // --- What the service sees

  /** Called before the service places a call or refuses to. */
  isToBePlaced({ purpose, number, placedBy }: CallParts, inFlight: readonly Call[]): void {
    const others = inFlight.filter(({ isLost }) => !isLost);
    this.#limits.isToBePlaced(purpose);
    if (purpose.kind === 'attempt') {
      const { outageId, recipientId } = purpose;
      this.lists.isToBePlaced(outageId, recipientId, placedBy);
      const other = others.find((call) => isFor(call.parts.purpose, outageId, recipientId));
      if (other) this.fail('nobody is called twice', `${placedBy.name} calls ${recipientId} during ${other.id}`);
      this.#steering.isToBePlaced(purpose, placedBy);
      const optedOutAt = this.#optedOutAt.get(recipientId) ?? Number.POSITIVE_INFINITY;
      if (optedOutAt + OPT_OUT_RACE_MS < this.#facts.now()) {
        this.fail('nobody is called twice', `${placedBy.name} calls ${recipientId}, who has opted out`);
      }
    }
    this.#hasFreeLine(number, placedBy, others);
  }

  isToBeInvited(
    call: Call,
    who: readonly Identifier[],
    number: string | undefined,
    by: Invocation,
    inFlight: readonly Call[],
  ): void {
    if (call.parts.isFromTeams) this.#isPossible(call, who, number, by);
    if (!call.isLost)
      this.#hasFreeLine(
        number,
        by,
        inFlight.filter(({ isLost }) => !isLost),
      );
  }

  /** A Teams resource account calls phones, each once in a call, and shows its own number. */
  #isPossible(
    { id, parts, dialled }: Call,
    who: readonly Identifier[],
    number: string | undefined,
    by: Invocation,
  ): void {
    const isImpossible = number !== parts.number || who.some((one) => !one.phoneNumber || dialled.has(identityOf(one)));
    const what = `${by.name} invites ${who.map(identityOf)} from ${number} to ${id}, in which ${[...dialled]} were called`;
    if (isImpossible) this.fail('a caller is asked for what it can do', what);
  }

  #hasFreeLine(number: string | undefined, by: Invocation, others: readonly Call[]): void {
    const lines = this.#facts.scenario.settings.callers.find((caller) => caller.number === number)?.lines ?? 0;
    if (number === undefined || callsFrom(number, others) < lines) return;
    const ids = others.filter(({ parts, operatorsFrom }) => [parts.number, ...operatorsFrom.values()].includes(number));
    const what = `${by.name} calls from ${number}, whose ${lines} lines are in use by ${ids.map(({ id }) => id).join(', ')}`;
    this.fail('pacing is exact', what);
  }

  isPlaced(call: Call): void {
    const { purpose, placedBy } = call.parts;
    const name = purpose.kind === 'attempt' ? attemptOf(purpose) : `request ${purpose.requestId}`;
    const earlier = this.#placed.get(name) ?? [];
    this.#placed.set(name, [...earlier, call]);
    // A call that may have failed for a reason of ours does not count: it is placed again.
    if (earlier.some(({ failure }) => !failure || !(isOurs(failure) || isUnclear(failure))))
      this.fail('nobody is called twice', `${placedBy.name} places a second call for ${name}`);
    if (this.#leaseOf(call) < this.#facts.now())
      this.fail('nobody is called twice', `${placedBy.name} places ${name} after its lease has ended`);
    this.#watch(call);
  }

  /**
   * Marks a call as lost if the app could not learn its id before the lease ended, because the answer and all events
   * until then were lost or could not be recorded. Lost calls are the one exception to the rules about calls in
   * progress: the service cannot list its calls, so the app cannot know of them, and must not wait for ever. A call
   * whose answer reached a run that then succeeded is not lost, even if that run did not record it.
   */
  #watch(call: Call): void {
    const { now, after, calmFrom, scenario, tables } = this.#facts;
    const { leaseMs, maxCallMs } = scenario.settings.limits;
    const batchesMs =
      Math.ceil(tables.rows('Lines', 'lines').size / scenario.settings.batches.dueRows) * tickMsOf(scenario);
    const lookAtItsEnd = (lease: number): void =>
      after(lease - now(), () => {
        // If the app repeats the request, the lease is longer.
        const longer = this.#leaseOf(call);
        if (longer > lease && longer < Number.POSITIVE_INFINITY) return lookAtItsEnd(longer);
        const isToldOf = call.isAnswerDelivered && call.parts.placedBy.result === 'succeeded';
        call.isLost = !this.#known.has(call.id) && !isToldOf;
      });
    lookAtItsEnd(this.#leaseOf(call));
    const untilGivenUp = call.isStubborn ? GIVEN_UP_AFTER_MS : 0;
    const limit =
      Math.max(calmFrom, now()) + maxCallMs + 3 * leaseMs + REDELIVERY_MS + SLACK_MS + 4 * batchesMs + untilGivenUp;
    after(limit - now(), () => {
      if (call.endedAt !== undefined || !this.#known.has(call.id) || call.isLost) return;
      this.fail('everything ends', `${call.id} is known to the app and was never hung up`);
    });
  }

  /** When the app may give up the attempt and free its line, ms since the epoch. */
  #leaseOf({ parts: { purpose } }: Call): number {
    const { tables } = this.#facts;
    if (purpose.kind === 'attempt') {
      const row = tables
        .rows('Recipients', `${purpose.outageId}|${purpose.shard}`)
        .get(`recipient|${purpose.recipientId}`);
      if (row?.['attempt'] !== purpose.attempt) return Number.POSITIVE_INFINITY;
      const [, kind, until = ''] = String(row?.['dueRow']).split('|');
      if (kind !== 'leased') return Number.POSITIVE_INFINITY;
      return Number.isNaN(Date.parse(until)) ? Number.POSITIVE_INFINITY : Date.parse(until);
    }
    const row = tables.rows('Requests', 'requests').get(`request|${purpose.requestId}`);
    const [, until = ''] = String(row?.['dueRow']).split('|');
    return Number.isNaN(Date.parse(until)) ? Number.POSITIVE_INFINITY : Date.parse(until);
  }

  /**
   * Promise 4: an action that was done for a run that succeeded is not requested again. Cancelling audio is idempotent,
   * so it is left out; audio that is cancelled by mistake breaks other promises.
   */
  isDone(call: Call, operation: Operation): void {
    const { name, context } = operation;
    const before = call.operations.find(
      (other) => other !== operation && other.name === name && other.context === context && other.isDone,
    );
    if (context !== undefined && name !== 'cancelMedia' && before?.isAnswered && before.by.result === 'succeeded') {
      this.fail('an action is asked for once', `${name} ${context} of ${call.id} was done, and is done again`);
    }
  }

  // --- What the app answers

  callbackAnswered(event: ServiceEvent, status: number): void {
    if (status === 400 || status === 401) this.fail('nothing disappears', `${nameOf(event)} is refused with ${status}`);
    if (status !== 200) return;
    const actions = this.#recorded.get(nameOf(event));
    if (!actions) this.fail('nothing disappears', `${nameOf(event)} was answered 200 but not recorded`);
    const unsent = actions?.find(({ queue, message }) => !this.#sent.has(actionName(queue, message)));
    if (unsent) {
      this.fail('nothing disappears', `${nameOf(event)} was answered 200, but its ${unsent.queue} was not sent`);
    }
    this.#isOptOutStored(event);
  }

  /** Another outage may dial before this call ends. */
  #isOptOutStored({ about, call: { id, parts } }: ServiceEvent): void {
    const { purpose } = parts;
    if (about.key !== OPT_OUT || about.mayBeOperators || purpose.kind !== 'attempt') return;
    if (this.#optedOutAt.has(purpose.recipientId)) return;
    this.fail('opted out if and only if the key was pressed', `the key of ${id} was answered 200 and is not stored`);
  }

  sent(message: Message): void {
    const name = nameOfMessage(message);
    const alike = [...(this.#sent.get(name) ?? []).filter(({ copies }) => copies > 0), message];
    this.#sent.set(name, alike);
    if (alike.length > MANY)
      this.fail('nothing multiplies', `${alike.length} messages of ${message.queue} are the same`);
  }

  messageHandled(message: Message, log: readonly string[]): void {
    if (!log.some((line) => /^(done|superseded|postponed|unanswered): ./.test(line))) {
      this.fail('nothing disappears', `${message.id} left ${message.queue}, and its log has no result`);
    }
  }

  // --- At the end

  atEnd(): void {
    this.#everybodyHasAnOutcome();
    this.#everyRequestIsDone();
    this.#steering.atEnd();
    this.lists.atEnd();
    this.#outcomes.atEnd();
    this.#everyKeyCounted();
    for (const [partition, rows] of this.#facts.tables.partitions('Recipients')) this.#countsAreTrue(partition, rows);
    for (const call of this.#facts.service.inFlight) {
      if (!call.isLost) this.fail('everything ends', `${call.id} is still in progress`);
    }
    for (const { id, queue, copies } of this.#facts.messages) {
      if (copies > 0) this.fail('nothing disappears', `${id} of ${queue} is still on its queue`);
    }
    for (const [partition, rows] of this.#facts.tables.partitions('CallLegs')) this.#actionsAreTrue(partition, rows);
    this.#linesAreFree();
  }

  /** The counts kept during the outage equal those computed from the list. */
  #countsAreTrue(partition: string, rows: ReadonlyMap<string, Columns>): void {
    const [count, list] = [counted(rows), listed(rows)];
    if (count === list) return;
    this.fail('counts match the list', `${partition} counts ${count}; its list says ${list}`);
  }

  #everyRequestIsDone(): void {
    for (const [rowKey, row] of this.#facts.tables.rows('Requests', 'requests')) {
      if (rowKey.startsWith('request|') && (row['phase'] !== 'done' || row['dueRow'] !== undefined)) {
        this.fail('nobody is lost', `${rowKey} is ${row['phase']} and stays so`);
      }
    }
  }

  #everybodyHasAnOutcome(): void {
    for (const [partition, rows] of this.#facts.tables.partitions('Recipients')) {
      for (const [rowKey, row] of rows) {
        if (rowKey.startsWith('recipient|') && row['outcome'] === undefined) {
          this.fail('nobody is lost', `${rowKey} of ${partition} is ${row['phase']} and stays so`);
        }
      }
    }
    for (const [rowKey, row] of this.#facts.tables.rows('Outages', 'outage')) {
      if (rowKey.startsWith('outage|') && !isOver({ state: OutageState.parse(row['state']) })) {
        this.fail('everything ends', `${rowKey} is ${row['state']} and stays so`);
      }
    }
  }

  /** The other half of promise 3: a key counts if the app received and confirmed its event. */
  #everyKeyCounted(): void {
    for (const { about, isAccepted, call } of this.#facts.service.events) {
      const { purpose } = call.parts;
      if (!isAccepted || about.mayBeOperators || purpose.kind !== 'attempt') continue;
      const { outageId, shard, recipientId } = purpose;
      const row = this.#facts.tables.rows('Recipients', `${outageId}|${shard}`).get(`recipient|${recipientId}`);
      if (about.key === ACKNOWLEDGE && row?.['outcome'] !== 'acknowledged') {
        const what = `${recipientId} pressed the key in ${call.id}, but the outcome is ${row?.['outcome']}`;
        this.fail('acknowledged if and only if the key was pressed', what);
      }
      if (about.key === OPT_OUT && !this.#optedOutAt.has(recipientId)) {
        this.fail(
          'opted out if and only if the key was pressed',
          `${recipientId} pressed the key in ${call.id}, but is not opted out`,
        );
      }
    }
  }

  /** An action that is recorded as requested reached the service, or its message is on the poison queue. */
  #actionsAreTrue(partition: string, rows: ReadonlyMap<string, Columns>): void {
    const call = this.#facts.service.find(partition);
    for (const [rowKey, row] of rows) {
      if (!rowKey.startsWith('action|') || row['status'] !== 'asked' || !call) continue;
      const isAsked = call.operations.some(({ context }) => context === row['operationContext']);
      const name = `${row['action']} ${partition} ${row['operationContext']}`;
      const isPoison = (): boolean =>
        this.#facts.messages.some((message) => message.isPoison && nameOfMessage(message) === name);
      if (!isAsked && !isPoison()) {
        this.fail(
          'nothing disappears',
          `${rowKey} of ${partition} is recorded as asked for, but never reached the service`,
        );
      }
    }
  }

  #linesAreFree(): void {
    const { now, scenario, tables, service, calmFrom } = this.#facts;
    const { leaseMs, maxCallMs } = scenario.settings.limits;
    const lastCall = Math.max(calmFrom, ...service.calls.map(({ placedAt }) => placedAt));
    const limit = lastCall + maxCallMs + leaseMs + LINE_GRACE_MS;
    for (const [lineId, row] of tables.rows('Lines', 'lines')) {
      const until = Date.parse(String(row['leaseUntil']));
      if (until > now() && until > limit)
        this.fail('everything ends', `line ${lineId} is taken until ${row['leaseUntil']}`);
    }
  }
}

const isOfPerson = (rowKey: string): boolean => rowKey.startsWith('due|') || rowKey.startsWith('recipient|');

const attemptOf = (ref: CallPurpose & { kind: 'attempt' }): string =>
  `attempt ${ref.attempt} of ${ref.recipientId} in ${ref.outageId}`;

const isFor = (purpose: CallPurpose, outageId: string | undefined, recipientId: string): boolean =>
  purpose.kind === 'attempt' && purpose.outageId === outageId && purpose.recipientId === recipientId;

const nameOf = ({ call, about }: ServiceEvent): string => `"${about.what}" of ${call.id}`;

const nameOfMessage = ({ queue, body }: Message): string => actionName(queue, body);

/** Names what a message asks for: two messages with the same name are duplicates. */
function actionName(queue: string, message: object): string {
  if (!('callLegId' in message) || message.callLegId === undefined) return `${queue} ${JSON.stringify(message)}`;
  return `${queue} ${message.callLegId} ${'operationContext' in message ? message.operationContext : undefined}`;
}

/** The position of a word in its order; -1 if there is no word. */
const rank = (order: { readonly options: readonly string[] }, word: Cell | undefined): number =>
  word === undefined ? -1 : order.options.indexOf(String(word));

const actionsIn = (columns: Columns): Actions => Actions.parse(JSON.parse(String(columns['actionsJson'] ?? '[]')));
