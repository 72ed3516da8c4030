import { CallScript } from '../../src/lib/rules/calls/script.ts';
import type { Caller, OutageSpec } from '../../src/lib/rules/outages/outage.ts';
import { OutageSpec as Spec } from '../../src/lib/rules/outages/outage.ts';
import { BATCHES } from '../../src/lib/services/batches.ts';
import { BEGINNING } from './clock.ts';
import type { AppSettings } from './composition.ts';
import { drawRates, drawSpells, type FaultRates, isCalm, NO_FAULTS, type Spell } from './faults.ts';
import { drawListChanges, type ListChange } from './list-changes.ts';
import type { Misconfiguration } from './misconfiguration.ts';
import { MIXED_TOWN, type Town } from './people.ts';
import { Random } from './random.ts';
import { BREAKER_AFTER, drawSize, withLines } from './size.ts';
import { type Deed, drawDeeds } from './steering.ts';

/** A call by hand. */
export type ByHand = { readonly afterMs: number; readonly queue: 'start-call' | 'join-call'; readonly message: object };

/** One outage of a world: its declaration, its first list, and the people who are added later. */
export type PlannedOutage = {
  readonly spec: OutageSpec & { readonly id: string };
  readonly people: readonly string[];
  readonly later: readonly string[];
  readonly laterMs: number;
  /** The app dies after the first write of that upload to the list, and nobody repeats it. */
  readonly laterDies?: boolean;
};

/** Everything about a world that is decided before it begins. */
export type Scenario = {
  readonly settings: AppSettings;
  readonly outages: readonly PlannedOutage[];
  readonly town: Town;
  /** How often an operator answers. */
  readonly operatorAnswers: number;
  readonly byHand: readonly ByHand[];
  readonly deeds: readonly Deed[];
  /** What people do with the lists while calls run. */
  readonly listChanges?: readonly ListChange[];
  readonly processes: number;
  readonly faults: FaultRates;
  readonly spells: readonly Spell[];
  /** A while in which a caller number is misconfigured. */
  readonly misconfiguration?: Misconfiguration | undefined;
  /** How many of the calls the service refuses to end, 0 to 1: see stubborn.ts. */
  readonly stubborn?: number;
  /** When no process runs, ms from the beginning. */
  readonly sleep?: { readonly from: number; readonly until: number } | undefined;
  /** When the timer stops for good, ms from the beginning. */
  readonly timerStopsAfterMs?: number;
  /** One of the processes runs the next version of the app: see next-version.ts. */
  readonly hasNextVersion?: boolean;
  /** When faults stop, ms from the beginning. */
  readonly calmAfterMs: number;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const REQUEST_MS = 20 * SECOND;
export const OPERATOR = '+14255559999';
export const callerNumber = (index: number): string => `+1425555010${index}`;
const phoneNumber = (index: number): string => `+1425555${2000 + index}`;
/** Numbers that are on no list yet. */
function freshNumbers(): () => string {
  let made = 0;
  return () => phoneNumber(5000 + made++);
}
const audio = (name: string, seconds: number): string => `https://audio.example/${seconds}/${name}.wav`;

type Delays = OutageSpec['retry']['delaySeconds'];

/** Delays by outcome, s: long, none, mixed. */
const RETRIES: readonly [Delays, ...Delays[]] = [
  { busy: 120, noAnswer: 300, failed: 60, unknown: 60 },
  { busy: 0, noAnswer: 0, failed: 0, unknown: 0, answered: 0 },
  { busy: 30, unknown: 300, answered: 60, declined: 60 },
];

/**
 * Draws a world. Each aspect has its own random numbers, so that a new aspect leaves the others as they are.
 * @param recipients how many people; drawn if undefined.
 */
export function drawScenario(seed: number, recipients: number | undefined): Scenario {
  const random = new Random(`${seed} scenario`);
  const size = drawSize(new Random(`${seed} size`));
  const callers = withLines(drawCallers(random), size.lines);
  const refusals = new Random(`${seed} refusals`);
  const faults = drawRates(random, refusals);
  const calmAfterMs = random.int(3, 40) * MINUTE;
  const limits = {
    leaseMs: random.pick([60, 120, 300]) * SECOND,
    maxCallMs: random.pick([10, 20, 30]) * MINUTE,
    requestMs: REQUEST_MS,
  };
  const outages = random.weighted([
    [1, 3],
    [2, 1],
  ]);
  const ids = Array.from({ length: outages }, (_, index) => `outage-${index + 1}`);
  const scenario = {
    settings: {
      callers,
      numbers: ANY_NUMBER,
      spendLimits: {},
      numberLimits: drawLimits(new Random(`${seed} number limits`)),
      limits,
      batches: size.batches,
      breakerAfter: size.breakerAfter,
      retentionDays: 90,
    },
    outages: Array.from({ length: outages }, (_, index) => {
      const few = random.int(1, 7);
      const people = Math.floor((recipients ?? size.people ?? few) / outages);
      return drawOutage(random, index, callers, Math.max(1, people));
    }),
    town: MIXED_TOWN,
    operatorAnswers: random.pick([0, 0.5, 1]),
    byHand: Array.from({ length: random.pick([0, 0, 1, 2]) }, (_, index) => drawByHand(random, index)),
    processes: random.int(1, 3),
    faults,
    spells: drawSpells(random, refusals, BEGINNING, calmAfterMs),
    calmAfterMs,
  };
  const isCalmWorld = isCalm(faults, scenario.spells);
  const drafts = new Random(`${seed} drafts`);
  const launches = ids.flatMap((outageId): Deed[] =>
    drafts.chance(0.1)
      ? [{ what: 'launch', outageId, afterMs: drafts.int(1, Math.min(calmAfterMs, 10 * MINUTE)) }]
      : [],
  );
  return {
    ...scenario,
    outages: scenario.outages.map((outage) =>
      launches.some(({ outageId }) => outageId === outage.spec.id)
        ? { ...outage, spec: { ...outage.spec, launch: undefined } }
        : outage,
    ),
    hasNextVersion: new Random(`${seed} versions`).chance(0.2),
    sleep: isCalmWorld ? undefined : drawSleep(new Random(`${seed} sleep`), calmAfterMs),
    listChanges: drawListChanges(
      new Random(`${seed} lists`),
      new Map(scenario.outages.map(({ spec, people }) => [spec.id, people])),
      freshNumbers(),
    ),
    deeds: [...launches, ...drawDeeds(new Random(`${seed} steering`), ids, calmAfterMs, isCalmWorld)],
  };
}

/** The people of the worlds have numbers of any country. */
const ANY_NUMBER: AppSettings['numbers'] = { countries: '*', kinds: new Set(), own: new Set() };

/** The retries of the worlds come at once. */
const NO_LIMITS: AppSettings['numberLimits'] = { delayMs: 0, callsADay: 100 };

const drawLimits = (random: Random): AppSettings['numberLimits'] => ({
  ...NO_LIMITS,
  delayMs: random.pick([0, 0, 5, 60]) * SECOND,
});

/** In one world of eight nothing runs for a while, as if the host had stopped. */
function drawSleep(random: Random, calmAfterMs: number): Scenario['sleep'] {
  if (!random.chance(0.12)) return undefined;
  const from = random.int(0, Math.min(calmAfterMs, 10 * MINUTE));
  return { from, until: Math.min(calmAfterMs, from + random.int(1 * MINUTE, 15 * MINUTE)) };
}

function drawCallers(random: Random): Caller[] {
  return Array.from({ length: random.int(1, 2) }, (_, index) => ({
    number: callerNumber(index),
    lines: random.int(1, 2),
  }));
}

export function drawOutage(random: Random, index: number, callers: readonly Caller[], people: number): PlannedOutage {
  const script = CallScript.parse({
    message: audio('message', random.int(5, 25)),
    replays: random.int(0, 2),
    keyWaitSeconds: random.pick([0, 5, 10]),
    ...(random.chance(0.6) && { thanks: audio('thanks', 3) }),
    ...(random.chance(0.5) && { unavailable: audio('unavailable', 4) }),
    ...(random.chance(0.7) && { operators: [{ phoneNumber: { value: OPERATOR } }] }),
  });
  const later = random.chance(0.2) ? random.int(1, 2) : 0;
  const spec = Spec.parse({
    id: `outage-${index + 1}`,
    title: 'Storm',
    script,
    callers: [...callers],
    shards: random.int(1, 3),
    launch: true,
    ...(random.chance(0.2) && { maxConcurrentCalls: 1 }),
    // The second outage often begins when the first has reached most of its people.
    ...(random.chance(index === 0 ? 0.2 : 0.6) && { startAt: timeAfter(random.int(1, index === 0 ? 5 : 30) * MINUTE) }),
    ...(random.chance(0.1) && { expiresAt: timeAfter(random.int(31, 90) * MINUTE) }),
    retry: {
      maxAttempts: random.int(1, 4),
      delaySeconds: random.pick(RETRIES),
    },
  });
  // The second outage calls some of the first one's people too.
  const from = index * Math.ceil(people / 2);
  const numbers = Array.from({ length: people + later }, (_, person) => phoneNumber(from + person));
  return {
    spec: { ...spec, id: `outage-${index + 1}` },
    people: numbers.slice(0, people),
    later: numbers.slice(people),
    laterMs: random.int(1, 30) * MINUTE,
    laterDies: random.chance(0.4),
  };
}

const timeAfter = (ms: number): string => new Date(BEGINNING + ms).toISOString();

export function drawByHand(random: Random, index: number): ByHand {
  const afterMs = random.int(0, 15 * MINUTE);
  const audioFileUri = random.chance(0.6) ? audio('notice', random.int(3, 20)) : undefined;
  const requestId = random.chance(0.5) ? `request-${index + 1}` : undefined;
  const common = { ...(audioFileUri && { audioFileUri }), ...(requestId && { requestId }) };
  if (random.chance(0.3)) {
    return { afterMs, queue: 'join-call', message: { conversationId: 'a-group-call', ...common } };
  }
  const targets = [{ phoneNumber: { value: phoneNumber(900 + index) } }];
  return { afterMs, queue: 'start-call', message: { targets, ...common } };
}

/** A world without faults and with one line, in which everybody acknowledges during the message. */
export function calmScenario(people: number): Scenario {
  const callers = [{ number: callerNumber(0), lines: 1 }];
  const script = CallScript.parse({ message: audio('message', 20), thanks: audio('thanks', 3) });
  const spec = Spec.parse({ id: 'outage-1', title: 'Storm', script, callers, shards: 1, launch: true });
  const numbers = Array.from({ length: people }, (_, person) => phoneNumber(person));
  return {
    settings: {
      callers,
      numbers: ANY_NUMBER,
      numberLimits: NO_LIMITS,
      spendLimits: {},
      limits: { leaseMs: 300 * SECOND, maxCallMs: 60 * MINUTE, requestMs: REQUEST_MS },
      batches: BATCHES,
      breakerAfter: BREAKER_AFTER,
      retentionDays: 90,
    },
    outages: [{ spec: { ...spec, id: 'outage-1' }, people: numbers, later: [], laterMs: 0 }],
    town: [['acknowledges', 1]],
    operatorAnswers: 1,
    byHand: [],
    deeds: [],
    processes: 1,
    faults: NO_FAULTS,
    spells: [],
    calmAfterMs: 0,
  };
}

/** Storage often answers late or not at all, and a lease hardly outlasts the client's tries. */
export function hangingScenario(people: number): Scenario {
  const calm = calmScenario(people);
  return {
    ...calm,
    settings: { ...calm.settings, limits: { leaseMs: 30 * SECOND, maxCallMs: 2 * MINUTE, requestMs: REQUEST_MS } },
    outages: calm.outages.map((outage) => ({
      ...outage,
      spec: { ...outage.spec, retry: { maxAttempts: 4, delaySeconds: { unknown: 0 } } },
    })),
    town: [['staysOn', 1]],
    faults: { ...NO_FAULTS, storageHangs: 0.4 },
    calmAfterMs: 20 * MINUTE,
  };
}

/** No event of a call arrives for a while, and the timer attends to one of the silent calls at each tick. */
export function crowdedScenario(lines: number): Scenario {
  const calm = calmScenario(2 * lines);
  const callers = [{ number: callerNumber(0), lines }];
  return {
    ...calm,
    settings: {
      callers,
      numbers: ANY_NUMBER,
      numberLimits: NO_LIMITS,
      spendLimits: {},
      limits: { leaseMs: MINUTE, maxCallMs: 10 * MINUTE, requestMs: REQUEST_MS },
      batches: { ...BATCHES, dueRows: 1 },
      breakerAfter: BREAKER_AFTER,
      retentionDays: 90,
    },
    outages: calm.outages.map((outage) => ({ ...outage, spec: { ...outage.spec, callers } })),
    town: [['staysOn', 1]],
    faults: { ...NO_FAULTS, callbackLost: 1 },
    calmAfterMs: 20 * MINUTE,
  };
}
