import type { Dialect } from '../../simulator/service/news.ts';
import { DIALECT_GA } from '../../simulator/wire-ga/dialect.ts';
import { StorageError } from '../../src/lib/base/errors.ts';
import { ACS_NUMBER } from '../../src/lib/call-automation/acs-number.ts';
import { CallAutomationError } from '../../src/lib/call-automation/errors.ts';
import type { CallEvent } from '../../src/lib/call-automation/events.ts';
import type { Meaning } from '../../src/lib/call-automation/meaning.ts';
import type { CallAutomation } from '../../src/lib/call-automation/port.ts';
import { concludeAttempt } from '../../src/lib/outages/conclude.ts';
import type { CallAction } from '../../src/lib/rules/calls/actions.ts';
import { SILENT } from '../../src/lib/rules/calls/endings.ts';
import type { Ids, NumberId } from '../../src/lib/rules/calls/ids.ts';
import { type CallLeg, LegState } from '../../src/lib/rules/calls/leg.ts';
import type { Moved } from '../../src/lib/rules/outages/attempts.ts';
import { isByHand } from '../../src/lib/rules/outages/fair-share.ts';
import { isOver } from '../../src/lib/rules/outages/lifecycle.ts';
import { readHolder } from '../../src/lib/rules/outages/line-holder.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import type { Shard } from '../../src/lib/rules/outages/shard.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Backlog } from '../../src/lib/storage/backlog.ts';
import { CallLegs, type StoredAction, type StoredLeg } from '../../src/lib/storage/call-legs.ts';
import { CallRequests, type RequestDue } from '../../src/lib/storage/call-requests.ts';
import { hasLapsed, type Line, Lines, type Survey } from '../../src/lib/storage/lines.ts';
import { type NumberStanding, Numbers } from '../../src/lib/storage/numbers.ts';
import { OptOuts } from '../../src/lib/storage/opt-outs.ts';
import { Outages, type StoredOutage } from '../../src/lib/storage/outages.ts';
import { Recipients, type StoredRecipient } from '../../src/lib/storage/recipients.ts';
import { partitionOf } from '../../src/lib/storage/shard.ts';
import { ANY, type TableName, type TableStore, type Write } from '../../src/lib/storage/table-store.ts';
import { Ticks } from '../../src/lib/storage/ticks.ts';
import { tryCommit } from '../../src/lib/storage/try-commit.ts';
import { IDS, personId } from '../fixtures/ids.ts';
import { onQueue } from '../fixtures/triggers.ts';
import type { Rule } from './checks.ts';
import { purposeOfUri } from './composition.ts';
import { DIALECT_TPE } from './dialects.ts';
import { misconfiguredScenario } from './misconfiguration.ts';
import { forgetful } from './next-version.ts';
import { calmScenario, crowdedScenario, hangingScenario, type Scenario } from './scenario.ts';
import { sharedScenario } from './shared-numbers.ts';
import { stubbornScenario } from './stubborn.ts';

/** Removes one protection from outside the app; the checks must find that. */
export type Mutation = {
  readonly name: string;
  /** The checks must report one of these. */
  readonly breaks: readonly [Rule, ...Rule[]];
  /** The API of the service. Default: that of 2021. */
  readonly dialect?: Dialect;
  /** In which world it shows; default: in one of those that the seeds draw. */
  readonly scenario?: Scenario;
  readonly tables?: (tables: TableStore) => TableStore;
  readonly services?: (services: Services, tables: TableStore) => Services;
  readonly onQueue?: typeof onQueue;
};

/** Changes the writes to one table. */
const writing =
  (table: TableName, change: (write: Write) => Write[]) =>
  (tables: TableStore): TableStore => ({
    get: (...asked) => tables.get(...asked),
    query: (...asked) => tables.query(...asked),
    scan: (...asked) => tables.scan(...asked),
    commit: (name, partition, writes) =>
      tables.commit(name, partition, name === table ? writes.flatMap(change) : writes),
  });

/** Writes even if the row has changed. */
const regardless = (write: Write): Write[] => [write.kind === 'merge' ? { ...write, etag: ANY } : write];

const NO_LEASES = (tables: TableStore): TableStore => ({
  get: (...asked) => tables.get(...asked),
  scan: (...asked) => tables.scan(...asked),
  commit: (...asked) => tables.commit(...asked),
  query: async (...asked) => (asked[2].from.startsWith('due|leased|') ? [] : tables.query(...asked)),
});

class ForgetfulOutages extends Outages {
  /** Ends as if nobody had stopped it. */
  override save(before: StoredOutage, outage: Outage, beside?: Outage): Promise<StoredOutage | undefined> {
    return super.save(before, isOver(outage) ? { ...outage, state: 'finished' } : outage, beside);
  }
}

/** No woken tick ever gets the lease. */
class LeasedTicks extends Ticks {
  override async tryBegin(): Promise<undefined> {
    return undefined;
  }
}

/** Requests while which something else may happen. */
const SLOWLY = 100;

/** Takes people off a list whatever has happened since they were read. */
class CarelessBacklog extends Backlog {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    super(tables);
    this.#tables = tables;
  }

  override async removeAll(shard: Shard, people: readonly StoredRecipient[]): Promise<number> {
    const recipients = new Recipients(this.#tables);
    for (const { recipient } of people) {
      const { recipientId } = recipient;
      for (let reads = 0; reads < SLOWLY; reads++) await recipients.find({ ...shard, recipientId });
      const dueRow = (await recipients.find({ ...shard, recipientId }))?.recipient.dueRow;
      const rows = [`recipient|${recipientId}`, ...(dueRow === undefined ? [] : [dueRow])];
      await tryCommit(
        this.#tables,
        'Recipients',
        partitionOf(shard),
        rows.map((rowKey) => ({ kind: 'delete', rowKey })),
      );
    }
    return people.length;
  }
}

/** Forgets to add somebody who is added alone. */
class LonelyRecipients extends Recipients {
  override async add(...[shard, people, dueAt]: Parameters<Recipients['add']>): Promise<number> {
    return people.length === 1 ? 1 : super.add(shard, people, dueAt);
  }
}

/** Nobody sees that a number rests. */
class RestlessLines extends Lines {
  override async survey(): Promise<Survey> {
    const survey = await super.survey();
    const callers = [...survey.callers].map(
      ([number, { caller, etag }]) => [number, { caller: { ...caller, restingSince: undefined }, etag }] as const,
    );
    return { ...survey, callers: new Map(callers) };
  }
}

const delegating = (calls: CallAutomation): CallAutomation => ({
  isRepeatable: calls.isRepeatable,
  speaks: calls.speaks,
  listens: calls.listens,
  reportsAudioStart: calls.reportsAudioStart,
  joins: calls.joins,
  abilitiesOf: (caller) => calls.abilitiesOf(caller),
  createCall: (...asked) => calls.createCall(...asked),
  joinCall: (...asked) => calls.joinCall(...asked),
  hangUp: (...asked) => calls.hangUp(...asked),
  playAudio: (...asked) => calls.playAudio(...asked),
  cancelMediaProcessing: (...asked) => calls.cancelMediaProcessing(...asked),
  inviteParticipants: (...asked) => calls.inviteParticipants(...asked),
  removeParticipant: (...asked) => calls.removeParticipant(...asked),
});

/** Reads refusals with one of these meanings as another one. */
const misread =
  (from: readonly Meaning[], means: Meaning) =>
  (error: unknown): never => {
    if (!(error instanceof CallAutomationError) || !from.includes(error.means)) throw error;
    const { status, code, requestId, mayHaveHappened } = error;
    throw new CallAutomationError({ operation: '', status, code, means, message: '', requestId, mayHaveHappened });
  };

/** A refusal that concerns us is taken for any other. */
const blaming = (calls: CallAutomation): CallAutomation => ({
  ...delegating(calls),
  createCall: (...asked) => calls.createCall(...asked).catch(misread(['ours'], 'failed')),
});

/** Whatever the reason why a call is not hung up, it counts as over. */
const gullible = (calls: CallAutomation): CallAutomation => ({
  ...delegating(calls),
  hangUp: (...asked) => calls.hangUp(...asked).catch(misread(['notNow', 'ours', 'denied', 'failed', 'limit'], 'over')),
});

class LateOptOuts extends OptOuts {
  readonly #isInCall: (number: NumberId) => Promise<boolean>;

  constructor(tables: TableStore, { fromPlain }: Ids, isInCall: (number: NumberId) => Promise<boolean>) {
    super(tables, fromPlain);
    this.#isInCall = isInCall;
  }

  /** Not stored as long as the call goes on. */
  override async add(...asked: Parameters<OptOuts['add']>): Promise<void> {
    if (!(await this.#isInCall(asked[0]))) await super.add(...asked);
  }
}

class DeafOutages extends Outages {
  /** A paused or stopped outage looks as if it were running. */
  override async current(id: string): Promise<Outage> {
    const outage = await super.current(id);
    return { ...outage, state: outage.state === 'scheduled' ? outage.state : 'running' };
  }
  override async open(): Promise<StoredOutage[]> {
    return (await super.open()).map((stored) =>
      stored.outage.state === 'paused' ? { ...stored, outage: { ...stored.outage, state: 'running' } } : stored,
    );
  }
}

class LateOutages extends Outages {
  /** An outage is reopened after people were added, and not before. */
  override async save(...[before, outage, beside]: Parameters<Outages['save']>): ReturnType<Outages['save']> {
    const holds = ({ listHolds = [] }: Outage): number => listHolds.length;
    return holds(outage) > holds(before.outage) ? before : super.save(before, outage, beside);
  }
}

/** The first version of each outage that a process read. */
const FIRST_TOLD = new WeakMap<Outages, Map<string, Outage>>();

class UnchangedOutages extends Outages {
  readonly #told: Map<string, Outage>;

  constructor(tables: TableStore, now: () => Date, memory: Outages) {
    super(tables, now);
    this.#told = FIRST_TOLD.get(memory) ?? new Map();
    FIRST_TOLD.set(memory, this.#told);
  }

  /** A cached outage is never read again. */
  override async recent(id: string): Promise<Outage> {
    const told = this.#told.get(id) ?? (await super.recent(id));
    this.#told.set(id, told);
    return told;
  }
}

class RecentOutages extends Outages {
  readonly #memory: Outages;

  constructor(tables: TableStore, now: () => Date, memory: Outages) {
    super(tables, now);
    this.#memory = memory;
  }

  /** Returns the cached outage instead of the current one. */
  override current(id: string): Promise<Outage> {
    return this.#memory.recent(id);
  }
}

class PatientOutages extends Outages {
  /** The request to hang up the calls is not seen. */
  override async open(): Promise<StoredOutage[]> {
    return (await super.open()).map(({ outage, etag }) => ({ outage: { ...outage, hangUp: undefined }, etag }));
  }
}

class HastyOutages extends Outages {
  /** The timer goes through the list only once when an outage ends. */
  override save(...[before, outage, beside]: Parameters<Outages['save']>): ReturnType<Outages['save']> {
    const { progress } = outage;
    return super.save(before, { ...outage, progress: progress && { ...progress, isLast: true } }, beside);
  }
}

class ClosedOutages extends Outages {
  /** A finished outage is never reopened. */
  override async save(...[before, outage, beside]: Parameters<Outages['save']>): ReturnType<Outages['save']> {
    return isOver(before.outage) && outage.state === 'running' ? before : super.save(before, outage, beside);
  }
}

class ForgetfulLists extends Recipients {
  /** Everybody seems to be on the all-clear's list already. */
  override async present(...[, recipientIds]: Parameters<Recipients['present']>): ReturnType<Recipients['present']> {
    return new Set(recipientIds);
  }
}

type Calls = Services['calls'];

/** Changes the requests to the service. */
const asking =
  (otherwise: (calls: Calls, services: Services) => Partial<Calls>) =>
  (services: Services): Services => {
    const { calls } = services;
    const unchanged: Calls = {
      isRepeatable: calls.isRepeatable,
      speaks: calls.speaks,
      listens: calls.listens,
      reportsAudioStart: calls.reportsAudioStart,
      joins: calls.joins,
      abilitiesOf: (caller) => calls.abilitiesOf(caller),
      createCall: (...args) => calls.createCall(...args),
      joinCall: (...args) => calls.joinCall(...args),
      hangUp: (...args) => calls.hangUp(...args),
      playAudio: (...args) => calls.playAudio(...args),
      cancelMediaProcessing: (...args) => calls.cancelMediaProcessing(...args),
      inviteParticipants: (...args) => calls.inviteParticipants(...args),
      removeParticipant: (...args) => calls.removeParticipant(...args),
    };
    return { ...services, calls: { ...unchanged, ...otherwise(calls, services) } };
  };

class EagerRecipients extends Recipients {
  /** A second claim of an attempt succeeds. */
  override async save(...[place, before, moved]: Parameters<Recipients['save']>): Promise<StoredRecipient | undefined> {
    const saved = await super.save(place, before, moved);
    return saved ?? (isClaim(moved) ? { recipient: moved.recipient, etag: before.etag } : undefined);
  }
}

const isClaim = ({ recipient }: Moved): boolean => recipient.phase === 'dialling' && recipient.callLegId === undefined;

class ForgetfulRecipients extends Recipients {
  /** The last result decides the outcome. */
  override save(...[place, before, moved]: Parameters<Recipients['save']>): Promise<StoredRecipient | undefined> {
    const { recipient } = moved;
    const outcome = recipient.outcome && recipient.results.at(-1)?.outcome;
    return super.save(place, before, { ...moved, recipient: { ...recipient, outcome } });
  }
}

class UndyingCalls extends Recipients {
  /** Nobody remembers that a call is being hung up, so it is never given up. */
  override async find(...asked: Parameters<Recipients['find']>): Promise<StoredRecipient | undefined> {
    const stored = await super.find(...asked);
    return stored && { ...stored, recipient: { ...stored.recipient, isEnding: undefined } };
  }
}

class TimelessClaims extends Recipients {
  /** Whoever has claimed an attempt does not see how long ago that was. */
  override async save(...asked: Parameters<Recipients['save']>): Promise<StoredRecipient | undefined> {
    const saved = await super.save(...asked);
    const isClaim = saved?.recipient.phase === 'dialling' && saved.recipient.callLegId === undefined;
    return isClaim ? { ...saved, recipient: { ...saved.recipient, leaseUntil: NEVER } } : saved;
  }
}

const retryingDeclines = (outage: Outage): Outage => ({
  ...outage,
  retry: { ...outage.retry, maxRetries: { declined: outage.retry.maxAttempts } },
});

class EagerOutages extends Outages {
  /** A decline is retried like any other outcome. */
  override async current(id: string): Promise<Outage> {
    return retryingDeclines(await super.current(id));
  }
  override async recent(id: string): Promise<Outage> {
    return retryingDeclines(await super.recent(id));
  }
}

class CredulousRecipients extends Recipients {
  /** A call in which nobody heard anything counts as answered. */
  override save(...[place, before, moved]: Parameters<Recipients['save']>): Promise<StoredRecipient | undefined> {
    const results = moved.recipient.results.map((result) =>
      result.reason === SILENT ? { ...result, outcome: 'answered' as const, reason: undefined } : result,
    );
    return super.save(place, before, { ...moved, recipient: { ...moved.recipient, results } });
  }
}

class GenerousLegs extends CallLegs {
  /** Every claim of an action succeeds. */
  override async claimAction(...claim: Parameters<CallLegs['claimAction']>): Promise<boolean> {
    await super.claimAction(...claim);
    return true;
  }
}

class TrustingLegs extends CallLegs {
  /** A claimed action counts as done. */
  override async findAction(...asked: Parameters<CallLegs['findAction']>): Promise<StoredAction | undefined> {
    const stored = await super.findAction(...asked);
    return stored && { ...stored, action: { ...stored.action, status: 'done' } };
  }
}

class UnrecordingLegs extends CallLegs {
  /** Done actions are not recorded. */
  override async settleAction(...[address, context, outcome]: Parameters<CallLegs['settleAction']>): Promise<void> {
    if (outcome.status !== 'done') await super.settleAction(address, context, outcome);
  }
}

class ImpatientLegs extends CallLegs {
  /** A silent call counts as ended. */
  override async examine(callLegId: string): ReturnType<CallLegs['examine']> {
    return { ...(await super.examine(callLegId)), isGone: true };
  }
}

class OpenLegs extends CallLegs {
  /** The leg of a call that was given up is not closed. */
  override async save(): Promise<boolean> {
    return true;
  }
}

class HastyLines extends Lines {
  readonly #now: () => Date;

  constructor(tables: TableStore, now: () => Date) {
    super(tables);
    this.#now = now;
  }

  /** A line whose lease has ended looks free, even if it has a holder. */
  override async survey(): Promise<Survey> {
    const survey = await super.survey();
    const free = (line: Line): Line => (hasLapsed(line, this.#now()) ? { ...line, holder: '' } : line);
    return { ...survey, lines: survey.lines.map(free) };
  }
}

class UnreconciledLines extends Lines {
  /** A line with a holder has just been leased. */
  override async survey(): Promise<Survey> {
    const survey = await super.survey();
    return { ...survey, lines: survey.lines.map((line) => ({ ...line, leasedAt: NEVER })) };
  }
}

const NEVER = new Date(8e12).toISOString();

class KeptLines extends Lines {
  /** Whoever has a line keeps it: nobody reserves it. */
  override async reserve(): Promise<void> {}
}

class FirstOutageOnly extends Lines {
  /** Lines are reserved for the first outage, and for nobody else. */
  override async reserve(...[line, claimant]: Parameters<Lines['reserve']>): Promise<void> {
    if (claimant === 'outage-1') await super.reserve(line, claimant);
  }
}

class OutagesOnly extends Lines {
  /** Lines are reserved for outages only. */
  override async reserve(...[line, claimant]: Parameters<Lines['reserve']>): Promise<void> {
    if (!isByHand(claimant)) await super.reserve(line, claimant);
  }
}

class OperatorsWithoutLines extends Lines {
  /** An operator's line is not written down, so others may take it. */
  override async lease(...asked: Parameters<Lines['lease']>): ReturnType<Lines['lease']> {
    const [line, holder] = asked;
    return readHolder(holder).kind === 'operator' ? { ...line, holder } : super.lease(...asked);
  }
}

class UnattendedRequests extends CallRequests {
  override async due(): Promise<RequestDue[]> {
    return [];
  }
}

/** Changes the leg that the step returned before it is recorded. */
class TamperedLegs extends CallLegs {
  readonly #tamper: (after: CallLeg, event: CallEvent, before: CallLeg | undefined) => CallLeg;

  constructor(tables: TableStore, tamper: (after: CallLeg, event: CallEvent, before: CallLeg | undefined) => CallLeg) {
    super(tables, IDS.digestOf);
    this.#tamper = tamper;
  }

  override record(
    before: StoredLeg | undefined,
    event: CallEvent,
    after: CallLeg,
    actions: readonly CallAction[],
    now: Date,
  ): Promise<boolean> {
    return super.record(before, event, this.#tamper(after, event, before?.leg), actions, now);
  }
}

class CarelessLegs extends CallLegs {
  /** An event that could not be recorded counts as recorded. */
  override record(...args: Parameters<CallLegs['record']>): Promise<boolean> {
    return super.record(...args).catch((error) => {
      if (error instanceof StorageError) return true;
      throw error;
    });
  }
}

class NoOptOuts extends OptOuts {
  override async add(): Promise<void> {}
}

class UnreadOptOuts extends Numbers {
  override async standing(number: NumberId): Promise<NumberStanding> {
    return { ...(await super.standing(number)), isOptedOut: false };
  }
}

class UncountedCalls extends Numbers {
  override async save(): Promise<boolean> {
    return true;
  }
}

/** Takes the state from the event, even if the leg was further. */
function stateOf(after: CallLeg, event: CallEvent): CallLeg {
  if (event.type !== 'CallLegStateChanged') return after;
  const state = LegState.safeParse(event.data.callState);
  return state.success ? { ...after, state: state.data } : after;
}

/** The refusal of a repeated request ends the attempt, although the call of the first request may be live. */
const refusedForGood = asking((calls, services) => ({
  createCall: async (request, asked) => {
    const isRepetition = services.now().getTime() - asked.firstAskedAt.getTime() >= services.settings.limits.requestMs;
    const purpose = purposeOfUri(request.callbackUri);
    return calls.createCall(request, asked).catch(async (error: unknown) => {
      const isRefused = error instanceof CallAutomationError && !error.mayHaveHappened;
      if (isRefused && isRepetition && purpose.kind === 'attempt') {
        await concludeAttempt(services, purpose, { outcome: 'failed', reason: 'refused' });
      }
      throw error;
    });
  },
}));

/** Repeats createCall if no answer came. */
async function placedAgain<Answer>(place: () => Promise<Answer>): Promise<Answer> {
  try {
    return await place();
  } catch (error) {
    if (error instanceof CallAutomationError && error.mayHaveHappened) return place();
    throw error;
  }
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a dispatch forgets the due row',
    breaks: ['nobody is lost'],
    tables: writing('Recipients', (write) =>
      write.kind === 'insert' && write.rowKey.startsWith('due|leased|') ? [] : [write],
    ),
  },
  {
    name: 'expired leases are not checked',
    breaks: ['nobody is lost', 'everything ends'],
    tables: NO_LEASES,
  },
  {
    name: 'the claim of an attempt never fails',
    breaks: ['nobody is called twice'],
    services: (services, tables) => ({ ...services, recipients: new EagerRecipients(tables) }),
  },
  {
    name: 'createCall is repeated if no answer came',
    breaks: ['nobody is called twice'],
    services: asking((calls) => ({
      createCall: (...args) => placedAgain(() => calls.createCall(...args)),
    })),
  },
  {
    name: 'a repeated request has a new identity',
    dialect: DIALECT_GA,
    breaks: ['nobody is called twice'],
    services: asking((calls, services) => ({
      createCall: (request, asked) =>
        calls.createCall(request, { ...asked, identity: `${asked.identity} ${services.now().getTime()}` }),
    })),
  },
  {
    name: 'a Teams resource account is taken for an ACS number',
    dialect: DIALECT_TPE,
    breaks: ['a caller is asked for what it can do'],
    services: asking(() => ({ abilitiesOf: () => ACS_NUMBER })),
  },
  {
    name: 'the refusal of a repeated request ends the attempt',
    dialect: DIALECT_GA,
    breaks: ['an outcome is what happened', 'nobody is called twice', 'pacing is exact'],
    services: refusedForGood,
  },
  {
    name: 'a call is placed however late its claim was answered',
    breaks: ['nobody is called twice', 'pacing is exact'],
    scenario: hangingScenario(12),
    services: (services, tables) => ({ ...services, recipients: new TimelessClaims(tables) }),
  },
  {
    name: 'a call that the service refuses to end is attended for ever',
    breaks: ['everything ends'],
    scenario: stubbornScenario(2),
    services: (services, tables) => ({ ...services, recipients: new UndyingCalls(tables) }),
  },
  {
    name: 'a decline is retried like any other outcome',
    breaks: ['a decline is retried once'],
    scenario: { ...calmScenario(3), town: [['declines', 1]] },
    services: (services, tables) => ({ ...services, outages: new EagerOutages(tables, services.now) }),
  },
  {
    name: 'opt-outs are not checked',
    breaks: ['nobody is called twice'],
    services: (services, tables) => ({ ...services, numbers: new UnreadOptOuts(tables) }),
  },
  {
    name: 'a call does not count towards the limits of its number',
    breaks: ['a number’s limits are kept'],
    services: (services, tables) => ({ ...services, numbers: new UncountedCalls(tables) }),
  },
  {
    name: 'the shortest delay between calls to a number is not kept',
    breaks: ['a number’s limits are kept'],
    services: (services) => ({
      ...services,
      settings: { ...services.settings, numberLimits: { ...services.settings.numberLimits, delayMs: 0 } },
    }),
  },
  {
    name: 'a redelivered event is recorded again',
    breaks: ['an event counts once'],
    tables: writing('CallLegs', (write) =>
      write.kind === 'insert' && write.rowKey.startsWith('event|') ? [{ ...write, kind: 'upsert' }] : [write],
    ),
  },
  {
    name: 'the latest event decides the state',
    breaks: ['nothing goes backwards'],
    services: (services, tables) => ({ ...services, legs: new TamperedLegs(tables, stateOf) }),
  },
  {
    name: 'the latest event decides the outcome',
    breaks: ['nothing goes backwards'],
    services: (services, tables) => ({ ...services, recipients: new ForgetfulRecipients(tables) }),
  },
  {
    name: 'an action can be claimed twice',
    breaks: ['an action is asked for once'],
    services: (services, tables) => ({ ...services, legs: new GenerousLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'a claimed action counts as done',
    breaks: ['nothing disappears'],
    services: (services, tables) => ({ ...services, legs: new TrustingLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'done actions are not recorded',
    breaks: ['an action is asked for once'],
    services: (services, tables) => ({ ...services, legs: new UnrecordingLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'a silent call counts as ended',
    breaks: ['nobody is called twice', 'pacing is exact', 'everything ends'],
    services: (services, tables) => ({ ...services, legs: new ImpatientLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'the leg of a call that was given up is not closed',
    breaks: ['acknowledged if and only if the key was pressed', 'opted out if and only if the key was pressed'],
    services: (services, tables) => ({ ...services, legs: new OpenLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'requested calls are not checked',
    breaks: ['nobody is lost'],
    services: (services, tables) => ({ ...services, requests: new UnattendedRequests(tables) }),
  },
  {
    name: 'a paused outage continues',
    breaks: ['pausing and stopping work'],
    services: (services, tables) => ({ ...services, outages: new DeafOutages(tables, services.now) }),
  },
  {
    name: 'the start of a call uses a cached outage',
    breaks: ['pausing and stopping work'],
    services: (services, tables) => ({
      ...services,
      outages: new RecentOutages(tables, services.now, services.outages),
    }),
  },
  {
    name: 'a call that must be hung up continues',
    breaks: ['pausing and stopping work'],
    services: (services, tables) => ({ ...services, outages: new PatientOutages(tables, services.now) }),
  },
  {
    name: 'a change of an outage is not noticed',
    breaks: ['a change reaches every call'],
    services: (services, tables) => ({
      ...services,
      outages: new UnchangedOutages(tables, services.now, services.outages),
    }),
  },
  {
    name: 'people who are told while an outage ends do not get the all-clear',
    breaks: ['people who were told are told that it is over'],
    services: (services, tables) => ({ ...services, outages: new HastyOutages(tables, services.now) }),
  },
  {
    name: 'an outage that is over is not reopened for added people',
    breaks: ['nobody is lost'],
    services: (services, tables) => ({ ...services, outages: new ClosedOutages(tables, services.now) }),
  },
  {
    name: 'an outage that is over is reopened only after people were added',
    breaks: ['nobody is lost'],
    services: (services, tables) => ({ ...services, outages: new LateOutages(tables, services.now) }),
  },
  {
    name: 'people who were told do not get the all-clear',
    breaks: ['people who were told are told that it is over'],
    services: (services, tables) => ({ ...services, recipients: new ForgetfulLists(tables) }),
  },
  {
    name: 'a line can be leased twice',
    breaks: ['pacing is exact'],
    tables: writing('Lines', regardless),
  },
  {
    name: 'a line whose lease has ended is taken from its holder',
    breaks: ['pacing is exact'],
    scenario: crowdedScenario(40),
    services: (services, tables) => ({ ...services, lines: new HastyLines(tables, services.now) }),
  },
  {
    name: 'a line that its holder left behind is not freed',
    breaks: ['no line stands idle'],
    services: (services, tables) => ({ ...services, lines: new UnreconciledLines(tables) }),
  },
  {
    name: 'an outage keeps its lines until its list is done',
    breaks: ['lines are shared fairly'],
    scenario: sharedScenario(),
    services: (services, tables) => ({ ...services, lines: new KeptLines(tables) }),
  },
  {
    name: 'lines in use go to the first outage only',
    breaks: ['lines are shared fairly'],
    scenario: sharedScenario(),
    services: (services, tables) => ({ ...services, lines: new FirstOutageOnly(tables) }),
  },
  {
    name: 'calls by hand wait until no outage needs a line',
    breaks: ['lines are shared fairly'],
    scenario: sharedScenario(),
    services: (services, tables) => ({ ...services, lines: new OutagesOnly(tables) }),
  },
  {
    name: 'any refusal of a hang-up counts as the end of the call',
    breaks: ['pacing is exact', 'nobody is called twice', 'everything ends'],
    services: (services) => ({ ...services, calls: gullible(services.calls) }),
  },
  {
    name: 'an opt-out is stored only when the call ends',
    breaks: ['opted out if and only if the key was pressed'],
    services: (services, tables) => ({
      ...services,
      optOuts: new LateOptOuts(tables, services.ids, async (number) => {
        const ref = { outageId: 'outage-1', shard: 0, recipientId: personId(number) };
        return (await services.recipients.find(ref))?.recipient.phase === 'dialling';
      }),
    }),
  },
  {
    name: 'a change drops a column that only another version knows',
    breaks: ['nothing of another version is lost'],
    tables: forgetful,
  },
  {
    name: 'an operator who is a telephone takes no line',
    breaks: ['pacing is exact'],
    services: (services, tables) => ({ ...services, lines: new OperatorsWithoutLines(tables) }),
  },
  {
    name: 'a caller number never rests',
    breaks: ['a resting number is only probed'],
    scenario: misconfiguredScenario('refused'),
    services: (services) => ({
      ...services,
      settings: { ...services.settings, breakerAfter: Number.MAX_SAFE_INTEGER },
    }),
  },
  {
    name: 'a resting number is called from all the same',
    breaks: ['a resting number is only probed'],
    scenario: misconfiguredScenario('ended'),
    services: (services, tables) => ({ ...services, lines: new RestlessLines(tables) }),
  },
  {
    name: 'a refusal that concerns us counts as the callee’s',
    breaks: ['our own misconfiguration is nobody’s outcome'],
    scenario: misconfiguredScenario('refused'),
    services: (services) => ({ ...services, calls: blaming(services.calls) }),
  },
  {
    name: 'every answered call counts as acknowledged',
    breaks: ['acknowledged if and only if the key was pressed'],
    services: (services, tables) => ({
      ...services,
      legs: new TamperedLegs(tables, (after) => (after.answered ? { ...after, outcome: 'acknowledged' } : after)),
    }),
  },
  {
    name: 'an outage that was stopped ends as finished',
    breaks: ['pausing and stopping work'],
    services: (services, tables) => ({ ...services, outages: new ForgetfulOutages(tables, services.now) }),
  },
  {
    name: 'a silent call counts as answered',
    breaks: ['an outcome is what happened'],
    services: (services, tables) => ({ ...services, recipients: new CredulousRecipients(tables) }),
  },
  {
    name: 'a pressed key does not count',
    breaks: ['acknowledged if and only if the key was pressed'],
    services: (services, tables) => ({
      ...services,
      legs: new TamperedLegs(tables, (after, event, before) =>
        event.type === 'DtmfReceived' ? { ...after, outcome: before?.outcome } : after,
      ),
    }),
  },
  {
    name: 'an opt-out is forgotten',
    breaks: ['opted out if and only if the key was pressed'],
    services: (services, tables) => ({ ...services, optOuts: new NoOptOuts(tables, services.ids.fromPlain) }),
  },
  {
    name: 'a message that failed is taken off its queue',
    breaks: ['nothing disappears'],
    onQueue: (...run) => onQueue(...run).catch(() => []),
  },
  {
    name: 'an event that could not be recorded is answered 200',
    breaks: ['nothing disappears'],
    services: (services, tables) => ({ ...services, legs: new CarelessLegs(tables, services.ids.digestOf) }),
  },
  {
    name: 'an action that could not be enqueued is forgotten',
    breaks: ['nothing disappears'],
    services: (services) => ({
      ...services,
      queues: { send: (...message) => services.queues.send(...message).catch(() => undefined) },
    }),
  },
  {
    name: 'a call that ended is not counted',
    breaks: ['counts match the list'],
    tables: writing('Recipients', (write) =>
      write.rowKey.startsWith('count|change|') && !write.rowKey.endsWith('|added') ? [] : [write],
    ),
  },
  {
    name: 'a folded change is not deleted',
    breaks: ['counts match the list'],
    tables: writing('Recipients', (write) =>
      write.kind === 'delete' && write.rowKey.startsWith('count|change|') ? [] : [write],
    ),
  },
  {
    name: 'a call that ended is not listed',
    breaks: ['counts match the list'],
    tables: writing('Recipients', (write) => (write.rowKey.startsWith('ended|') ? [] : [write])),
  },
  {
    name: 'no call is ever hung up',
    breaks: ['everything ends', 'pacing is exact', 'nobody is called twice'],
    services: asking(() => ({
      hangUp: async () => undefined,
    })),
  },
  {
    name: 'people are taken off a list although they are being called by then',
    breaks: ['a change of a list is what was asked for'],
    services: (services, tables) => ({ ...services, backlog: new CarelessBacklog(tables) }),
  },
  {
    name: 'the new number of a person is not added',
    breaks: ['nobody is lost'],
    services: (services, tables) => ({ ...services, recipients: new LonelyRecipients(tables) }),
  },
  {
    name: 'nothing runs ticks once the timer has stopped',
    breaks: ['nobody is lost', 'everything ends', 'no line stands idle'],
    services: (services, tables) => ({ ...services, ticks: new LeasedTicks(tables) }),
  },
];
