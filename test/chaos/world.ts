import type { Dialect } from '../../simulator/service/news.ts';
import { DIALECT_2021 } from '../../simulator/wire-2021/dialect.ts';
import { RingdownError } from '../../src/lib/base/errors.ts';
import { TeamsAccounts } from '../../src/lib/call-automation/ga/accounts.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { SETTLED_MS } from '../../src/lib/outages/dispatcher.ts';
import { transition } from '../../src/lib/rules/outages/lifecycle.ts';
import type { Services } from '../../src/lib/services/services.ts';
import type { TableName, TableStore } from '../../src/lib/storage/table-store.ts';
import { Waker } from '../../src/lib/upkeep/waker.ts';
import type { Woken } from '../../src/lib/upkeep/woken-tick.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { onCallback, onQueue, onTimer, onWake, type Ticked } from '../fixtures/triggers.ts';
import { Checks, type Violation } from './checks.ts';
import { BEGINNING, Clock } from './clock.ts';
import {
  composed,
  PlainCallbackUris,
  type Ports,
  purposeOfUri,
  reliable,
  type Shared,
  sharedOn,
} from './composition.ts';
import { callersIn } from './dialects.ts';
import { type FaultKind, Faults } from './faults.ts';
import { isInCall, linesIn } from './line-checks.ts';
import { changeList, type ListChange, runOf } from './list-changes.ts';
import { treatment, withMisconfiguration } from './misconfiguration.ts';
import type { Mutation } from './mutations.ts';
import { asNextVersion } from './next-version.ts';
import { type Temper, temperOf } from './people.ts';
import { AppProcess, type Ground, Invocation } from './process.ts';
import { type Message, Queues, type Run } from './queues.ts';
import { Random } from './random.ts';
import { drawScenario, OPERATOR, type PlannedOutage, type Scenario } from './scenario.ts';
import { AskedService, Service, type ServiceEvent } from './service.ts';
import { withSharedNumbers } from './shared-numbers.ts';
import { type Deed, steer } from './steering.ts';
import { ASKED_EVERY_MS, withStoppedTimer } from './stopped-timer.ts';
import { AskedQueues, AskedTables, type RowChange, WorldTables } from './stores.ts';
import { isStubborn, withStubbornCalls } from './stubborn.ts';
import { Trace } from './trace.ts';

export type WorldOptions = {
  readonly seed: number;
  /** How many people; drawn from the seed if undefined. */
  readonly recipients?: number | undefined;
  /** Used instead of one drawn from the seed. */
  readonly scenario?: Scenario | undefined;
  /** A protection to remove. */
  readonly mutation?: Mutation | undefined;
  /** How many of the last steps to keep. */
  readonly trace?: number;
  /** The API of the service. Default: that of 2021. */
  readonly dialect?: Dialect | undefined;
};

export type WorldReport = {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly trace: readonly string[];
  readonly steps: number;
  /** How long the world lasted, in virtual time. */
  readonly virtualMs: number;
  readonly calls: number;
  /** Calls that the app could not know of in time: the one exception, see checks.ts. */
  readonly lostCalls: number;
  readonly deaths: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly messages: number;
  readonly poisoned: number;
  readonly outcomes: ReadonlyMap<string, number>;
  /** Requests to tables and queues: first those not made by the timer, then the timer's. */
  readonly storageRequests: number;
  readonly timerRequests: number;
};

const TICK_MS = 10_000;
/** States in which the timer has work at every tick; `OPEN` has all that are not final or paused. */
const STOPPING: ReadonlySet<string> = new Set(['cancelling', 'restoring']);
const OPEN: ReadonlySet<string> = new Set(['scheduled', 'running', ...STOPPING]);
/** The tables that decide when the timer has work. */
const TIMERS: ReadonlySet<TableName> = new Set<TableName>(['Recipients', 'Outages', 'Lines', 'Requests']);
/** A world that is still busy this long after its last fault never ends; each person has more time. */
const PATIENCE_MS = 48 * 3_600_000;
const PATIENCE_EACH_MS = 10 * 60_000;
/** When an API client repeats a request that got no answer. */
const CLIENT_RETRY_MS = 20_000;
/** How often the timer ticks without any work to do. */
const IDLE_TICKS = 0.1;

/** Runs one world until nothing is left to do, or a promise is broken. */
export async function live(options: WorldOptions): Promise<WorldReport> {
  const { stackTraceLimit } = Error;
  // Most errors are part of the game, and a stack is dear. A world that is traced has them.
  if (!options.trace) Error.stackTraceLimit = 0;
  try {
    const world = new World(options);
    await world.begin();
    return await world.run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class World {
  readonly #seed: number;
  readonly #scenario: Scenario;
  readonly #mutation: Mutation | undefined;
  readonly #ground: Ground;
  readonly #tables: WorldTables;
  readonly #service: Service;
  readonly #queues: Queues;
  readonly #checks: Checks;
  readonly #processes: (AppProcess | undefined)[] = [];
  /** What each process remembers. */
  readonly #memories = new Map<AppProcess, Shared>();
  readonly #events = new WeakMap<Invocation, ServiceEvent>();
  /** Runs that die after their first write to the list of an outage. */
  readonly #dying = new WeakSet<Invocation>();
  /** Callbacks that a process has not answered yet. */
  readonly #unanswered = new Map<AppProcess, Set<() => void>>();
  readonly #temperRandom: Random;
  /** The ticks in progress. */
  readonly #timers = new Set<Invocation>();
  #nextTick = Number.POSITIVE_INFINITY;
  /** When the availability test asked last. */
  #askedAt = 0;
  #ids = 0;
  #steps = 0;
  #deaths = 0;
  #requests = { timer: 0, others: 0 };

  constructor({ seed, recipients, scenario, mutation, trace = 0, dialect = DIALECT_2021 }: WorldOptions) {
    this.#seed = seed;
    this.#scenario = scenario ?? drawn(seed, recipients);
    this.#mutation = mutation;
    this.#temperRandom = new Random(`${seed} people`);
    const clock = new Clock();
    const random = new Random(`${seed} chance`);
    const calmFrom = BEGINNING + this.#scenario.calmAfterMs;
    const faults = new Faults(this.#scenario.faults, this.#scenario.spells, random, calmFrom, () => clock.now);
    this.#ground = { clock, random, faults, trace: new Trace(trace) };
    this.#tables = new WorldTables((changes, by) => this.#committed(changes, by));
    this.#service = new Service({
      ground: this.#ground,
      dialect,
      accounts: new TeamsAccounts(callersIn(dialect, this.#scenario.settings.callers)),
      linesOf: (number) => this.#scenario.settings.callers.find((caller) => caller.number === number)?.lines ?? 0,
      treatmentOf: (number) => treatment(this.#scenario.misconfiguration, number, clock.now),
      temperOf: (identity) => this.#temperOf(identity),
      isStubborn: (callId) => isStubborn(this.#scenario, seed, callId),
      purposeOf: purposeOfUri,
      post: (event) => this.#post(event),
      isToBePlaced: (parts, inFlight) => this.#checks.isToBePlaced(parts, inFlight),
      isToBeInvited: (...invited) => this.#checks.isToBeInvited(...invited),
      isPlaced: (call) => this.#checks.isPlaced(call),
      isRefused: (number) => this.#checks.breaker.refused(number),
      isDone: (call, operation) => this.#checks.isDone(call, operation),
    });
    this.#queues = new Queues(
      this.#ground,
      () => this.#anyProcess(),
      (message, process) => this.#handle(message, process),
      (message) => this.#checks.sent(message),
    );
    this.#checks = new Checks({
      scenario: this.#scenario,
      tables: this.#tables,
      service: this.#service,
      messages: this.#queues.messages,
      eventOf: (by) => this.#events.get(by),
      now: () => clock.now,
      after: (ms, what) => {
        if (Number.isFinite(ms)) clock.after(ms, what);
      },
      calmFrom,
    });
  }

  /** Declares the outages and adds their people, without faults. */
  async begin(): Promise<void> {
    for (let slot = 0; slot < this.#scenario.processes; slot++) this.#start(slot, 1);
    for (const planned of this.#scenario.outages) {
      const services = this.#calmServices();
      await declareOutage(services, planned.spec);
      await importNumbers(services, planned.spec.id, planned.people);
      if (planned.later.length > 0) this.#after(planned.laterMs, () => this.#addLater(planned));
    }
    for (const { afterMs, queue, message } of this.#scenario.byHand) {
      if (queue === 'join-call' && !this.#service.accounts.joins) continue;
      this.#after(afterMs, () => this.#queues.put(queue, message));
    }
    for (const deed of this.#scenario.deeds) this.#after(deed.afterMs, () => this.#steer(deed));
    for (const [index, change] of (this.#scenario.listChanges ?? []).entries())
      this.#after(change.afterMs, () => this.#changeList(change, index));
    const { sleep } = this.#scenario;
    if (sleep) this.#after(sleep.from, () => this.#sleep());
    this.#wake();
  }

  async run(): Promise<WorldReport> {
    const { clock } = this.#ground;
    const people = this.#scenario.outages.flatMap((outage) => [...outage.people, ...outage.later]).length;
    const end = BEGINNING + this.#scenario.calmAfterMs + PATIENCE_MS + people * PATIENCE_EACH_MS;
    while (!this.#checks.violation && !clock.isEmpty && clock.now < end) {
      await clock.step();
      // Gives Node a turn, for the timeouts of the test runner.
      if (++this.#steps % 2000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (!this.#checks.violation) this.#checks.atEnd();
    return this.#report();
  }

  // --- Processes

  #start(slot: number, life: number): void {
    const process = new AppProcess(`app${slot + 1}.${life}`, this.#ground, () => {
      this.#deaths++;
      this.#processes[slot] = undefined;
      this.#queues.bury(process);
      for (const giveUp of this.#unanswered.get(process) ?? []) giveUp();
      const delayMs = this.#ground.random.int(500, 30_000);
      this.#after(Math.max(delayMs, this.#sleepLeft()), () => this.#start(slot, life + 1));
    });
    this.#processes[slot] = process;
  }

  #sleep(): void {
    for (const process of this.#processes) process?.die();
  }

  #sleepLeft(): number {
    const { from = 0, until = 0 } = this.#scenario.sleep ?? {};
    const ms = this.#ground.clock.now - BEGINNING;
    return from <= ms ? until - ms : 0;
  }

  #anyProcess(): AppProcess | undefined {
    const [first, ...others] = this.#processes.filter((process) => process !== undefined);
    return first && this.#ground.random.pick([first, ...others]);
  }

  #invocation(process: AppProcess, name: string): Invocation {
    const isTimer = name.startsWith('notifyOutages');
    return new Invocation(`${process.name} ${name}`, process, this.#ground, (to) => {
      if (to !== 'service') this.#requests[isTimer ? 'timer' : 'others']++;
    });
  }

  #servicesFor(by: Invocation): Services {
    const ports = this.#portsFor(by);
    const tables = this.#tablesFor(ports);
    const services = composed(ports, tables, this.#memoryOf(by.process), this.#scenario.settings);
    return this.#mutation?.services?.(services, tables) ?? services;
  }

  #tablesFor(ports: Ports): TableStore {
    const isNext = this.#scenario.hasNextVersion && ports.by.process.name.startsWith('app1');
    const tables = isNext ? asNextVersion(reliable(ports)) : reliable(ports);
    return this.#mutation?.tables?.(tables) ?? tables;
  }

  #memoryOf(process: AppProcess): Shared {
    const known = this.#memories.get(process);
    if (known) return known;
    const ports = this.#portsFor(this.#invocation(process, 'memory'));
    const shared = { ...sharedOn(this.#tablesFor(ports), ports.now), waker: this.#wakerOf(process) };
    this.#memories.set(process, shared);
    return shared;
  }

  #wakerOf(process: AppProcess): Waker {
    return new Waker({
      now: () => this.#ground.clock.date,
      after: (ms, work) => this.#after(ms, () => void (process.isAlive && work())),
      run: (isNeeded) => this.#tend(process, (services) => onWake(services, isNeeded)),
    });
  }

  /** Something comes to this process. While the timer runs, looking tells nothing: ticks with nothing to do are left out. */
  #look(process: AppProcess): void {
    if (this.#hasTimerStopped()) this.#memoryOf(process).waker?.look();
  }

  #portsFor(by: Invocation): Ports {
    const { clock, faults } = this.#ground;
    return {
      tables: new AskedTables(this.#tables, by, faults),
      queues: new AskedQueues((...message) => this.#queues.put(...message), by, faults),
      calls: new AskedService(this.#service, by, this.#ground),
      by,
      now: () => clock.date,
      newId: () => `commit-${++this.#ids}`,
    };
  }

  /** Services without faults, for what exists before the world begins. */
  #calmServices(): Services {
    const now = (): Date => this.#ground.clock.date;
    const by = this.#invocation(new AppProcess('before', this.#ground, () => undefined), 'all');
    const ports = { ...this.#portsFor(by), tables: this.#tables };
    return {
      ...composed(ports, this.#tables, sharedOn(this.#tables, now), this.#scenario.settings),
      callbacks: new PlainCallbackUris(now),
    };
  }

  // --- Triggers

  /** Runs a workflow in a process; settles when it ends, and never if the process dies. */
  async #runIn<Answer>(
    by: Invocation,
    work: (services: Services) => Promise<Answer>,
  ): Promise<Answer | { error: unknown }> {
    by.note(() => 'begins');
    try {
      const answer = await work(this.#servicesFor(by));
      by.result = 'succeeded';
      return answer;
    } catch (error) {
      by.result = 'failed';
      this.#noSurprise(by, error);
      return { error };
    }
  }

  /** Every error must be a RingdownError. */
  #noSurprise(by: Invocation, error: unknown): void {
    if (error instanceof RingdownError) return;
    by.note(() => (error instanceof Error ? String(error.stack) : String(error)));
    this.#checks.fail('no surprises', `${by.name}: ${error}`);
  }

  async #handle(message: Message, process: AppProcess): Promise<Run> {
    this.#look(process);
    const by = this.#invocation(process, `${message.queue} ${message.id}`);
    const handle = this.#mutation?.onQueue ?? onQueue;
    const log = await this.#runIn(by, (services) => handle(message.queue, services, message.body, message.id));
    if ('error' in log) {
      const why = log.error instanceof Error ? log.error.message : String(log.error);
      by.note(() => `FAILS: ${why}`);
      return { result: 'failed', why };
    }
    by.note(() => `ends: ${log.join('; ')}`);
    this.#checks.messageHandled(message, log);
    return { result: 'succeeded', why: log.join('; ') };
  }

  /** Posts a callback. Returns the status, 0 if no process is alive or it dies. */
  #post(event: ServiceEvent): Promise<number> {
    const process = this.#anyProcess();
    if (!process) return Promise.resolve(0);
    this.#look(process);
    const by = this.#invocation(process, `callEvents ${event.call.id}`);
    this.#events.set(by, event);
    event.isReceived = true;
    event.receivedAt ??= this.#ground.clock.now;
    by.note(() => `gets "${event.about.what}"`);
    return new Promise((resolve) => {
      const open = this.#unanswered.get(process) ?? new Set();
      this.#unanswered.set(process, open);
      const giveUp = (): void => resolve(0);
      open.add(giveUp);
      const token = event.call.parts.callbackUri.slice(event.call.parts.callbackUri.lastIndexOf('/') + 1);
      void this.#runIn(by, (services) => onCallback(services, token, event.body)).then((answer) => {
        open.delete(giveUp);
        if (!('status' in answer)) return resolve(500);
        for (const error of answer.errors) this.#noSurprise(by, error);
        by.note(() => `answers ${answer.status} ${answer.log.join('; ')}`);
        this.#checks.callbackAnswered(event, answer.status);
        resolve(answer.status);
      });
    });
  }

  async #addLater(planned: PlannedOutage): Promise<void> {
    const work = async (services: Services): Promise<void> => {
      const { outage } = await services.outages.read(planned.spec.id);
      if (typeof transition(outage, 'upload') !== 'string') return;
      await importNumbers(services, planned.spec.id, planned.later);
    };
    await this.#asks('importRecipients', work, planned.laterDies);
  }

  /** A client calls the app over HTTP, and repeats the request if no answer comes, unless the app is to die of it. */
  async #asks(what: string, work: (services: Services) => Promise<void>, dies = false): Promise<void> {
    const process = this.#anyProcess();
    let isDone = false;
    this.#after(CLIENT_RETRY_MS, () => {
      if (!isDone && !(process && dies)) void this.#asks(what, work, dies);
    });
    if (!process) return;
    this.#look(process);
    const by = this.#invocation(process, what);
    if (dies) this.#dying.add(by);
    void this.#runIn(by, async (services) => {
      await work(services);
      services.wake(services.now());
      isDone = true;
    });
  }

  async #steer(deed: Deed): Promise<void> {
    await this.#asks(`${deed.what} ${deed.outageId}`, (services) => steer(services, deed));
  }

  async #changeList(change: ListChange, index: number): Promise<void> {
    await this.#asks(runOf(change, index), async (services) => {
      if (await changeList(services, change)) this.#checks.lists.isDone(change);
    });
  }

  // --- The timer

  /** Schedules the next tick with work to do. Most idle ticks are left out. */
  #wake(): void {
    const at = this.#timeOfNextTick();
    if (at === undefined || at >= this.#nextTick) return;
    this.#nextTick = at;
    this.#ground.clock.at(at, () => {
      if (this.#nextTick !== at) return;
      this.#nextTick = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  #tick(): void {
    const { faults, random } = this.#ground;
    this.#checks.atTick();
    const process = this.#anyProcess();
    if (this.#hasTimerStopped()) this.#ask(process);
    else if (process && (!this.#isTending() || faults.strikes('timerDoubled'))) void this.#tend(process);
    const second = this.#anyProcess();
    if (second && faults.strikes('timerDoubled') && !this.#hasTimerStopped())
      this.#after(random.int(0, 2_000), () => void this.#tend(second));
    this.#wake();
  }

  #hasTimerStopped(): boolean {
    const { timerStopsAfterMs = Number.POSITIVE_INFINITY } = this.#scenario;
    return this.#ground.clock.now - BEGINNING >= timerStopsAfterMs;
  }

  /** The availability test asks for the health of the app. */
  #ask(process: AppProcess | undefined): void {
    const { now } = this.#ground.clock;
    if (!process || now - this.#askedAt < ASKED_EVERY_MS) return;
    this.#askedAt = now;
    this.#look(process);
  }

  async #tend(
    process: AppProcess,
    work: (services: Services) => Promise<Ticked> = onTimer,
  ): Promise<Woken | undefined> {
    if (!process.isAlive) return undefined;
    const by = this.#invocation(process, 'notifyOutages');
    if (work === onTimer) this.#timers.add(by);
    const beganAt = this.#ground.clock.now;
    const tended = await this.#runIn(by, work);
    this.#timers.delete(by);
    if ('error' in tended) return undefined;
    for (const error of tended.errors) this.#noSurprise(by, error);
    by.note(() => `ends: ${tended.log.join('; ')}`);
    const isComplete = tended.woken === 'ran' && !tended.log.some((line) => line.includes('a step failed'));
    if (isComplete) this.#checks.ticked(beganAt);
    return tended.woken;
  }

  #isTending(): boolean {
    return [...this.#timers].some(({ process }) => process.isAlive);
  }

  #timeOfNextTick(): number | undefined {
    const { clock, random } = this.#ground;
    const next = (Math.floor(clock.now / TICK_MS) + 1) * TICK_MS;
    const reason = this.#nextReason();
    if (reason === undefined) return undefined;
    return random.chance(IDLE_TICKS) ? next : Math.max(next, Math.ceil(reason / TICK_MS) * TICK_MS);
  }

  /** When there will be something for the timer to do; undefined if never. */
  #nextReason(): number | undefined {
    const { clock } = this.#ground;
    const times: number[] = [];
    let areWaiting = false;
    const dueFrom = (table: TableName, partition: string, prefix: string, from?: string): number | undefined => {
      const at = timeOfDueRow(this.#tables.firstKey(table, partition, prefix, from), prefix);
      if (at !== undefined) times.push(at);
      return at;
    };
    for (const partition of this.#tables.partitions('Recipients').keys()) {
      dueFrom('Recipients', partition, LEASED);
      // People whose time has come wait for a line.
      const later = dueFrom('Recipients', partition, WAITING, `${WAITING}${clock.date.toISOString()}~`);
      const first = timeOfDueRow(this.#tables.firstKey('Recipients', partition, WAITING), WAITING);
      areWaiting ||= first !== undefined && first !== later;
    }
    dueFrom('Requests', 'requests', REQUESTED);
    if (areWaiting) {
      for (const [, { holder, leaseUntil, leasedAt }] of linesIn(this.#tables)) {
        const isSettled = holder !== '' && Date.parse(String(leasedAt)) + SETTLED_MS < clock.now;
        times.push(isSettled && !isInCall(this.#tables, holder) ? clock.now : Date.parse(String(leaseUntil)));
      }
    }
    const states = [...this.#tables.rows('Outages', 'outage')].flatMap(([rowKey, { state }]) =>
      rowKey.startsWith('outage|') ? [String(state)] : [],
    );
    if (states.some((state) => STOPPING.has(state))) return clock.now;
    if (times.length > 0) return Math.min(...times);
    return states.some((state) => OPEN.has(state)) ? clock.now : undefined;
  }

  // --- The rest

  #committed(changes: readonly RowChange[], by: Invocation | undefined): void {
    this.#checks.committed(changes, by);
    if (by && this.#dying.has(by) && changes.some(({ table }) => table === 'Recipients')) by.process.die();
    // Before the world begins, nobody has changed anything: `by` is undefined.
    if (by && changes.some(({ table }) => TIMERS.has(table))) this.#wake();
  }

  #temperOf(identity: string): Temper {
    const random = this.#temperRandom;
    if (identity !== OPERATOR) return temperOf(random.weighted(this.#scenario.town), random);
    return temperOf(random.chance(this.#scenario.operatorAnswers) ? 'operator' : 'operatorAway', random);
  }

  #after(ms: number, what: () => void | Promise<void>): void {
    this.#ground.clock.after(ms, what);
  }

  #report(): WorldReport {
    const { clock, faults, trace } = this.#ground;
    const outcomes = new Map<string, number>();
    for (const [, rows] of this.#tables.partitions('Recipients')) {
      for (const [rowKey, { outcome }] of rows) {
        if (rowKey.startsWith('recipient|') && typeof outcome === 'string')
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    return {
      seed: this.#seed,
      violation: this.#checks.violation,
      trace: trace.lines,
      steps: this.#steps,
      virtualMs: clock.now - BEGINNING,
      calls: this.#service.calls.length,
      lostCalls: this.#service.calls.filter(({ isLost }) => isLost).length,
      deaths: this.#deaths,
      faults: faults.counts,
      messages: this.#queues.messages.length,
      poisoned: this.#queues.messages.filter(({ isPoison }) => isPoison).length,
      outcomes,
      storageRequests: this.#requests.others,
      timerRequests: this.#requests.timer,
    };
  }
}

const drawn = (seed: number, recipients: number | undefined): Scenario =>
  withStubbornCalls(
    withStoppedTimer(
      withMisconfiguration(
        withSharedNumbers(drawScenario(seed, recipients), new Random(`${seed} shared`)),
        new Random(`${seed} numbers`),
      ),
      new Random(`${seed} timer`),
    ),
    new Random(`${seed} stubborn`),
  );

const LEASED = 'due|leased|';
const WAITING = 'due|waiting|';
const REQUESTED = 'due|';

/** The time in a due row's key, which follows its prefix. */
function timeOfDueRow(rowKey: string | undefined, prefix: string): number | undefined {
  return rowKey === undefined ? undefined : Date.parse(rowKey.slice(prefix.length).split('|')[0] ?? '');
}
