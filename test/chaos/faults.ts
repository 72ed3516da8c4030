import type { Random } from './random.ts';

/** How often each fault occurs, 0 to 1. Drawn for each world. */
export type FaultRates = {
  /** The process dies at a request, before or after the effect. A request is any I/O of the app. */
  readonly death: number;
  /** A request takes seconds. */
  readonly slow: number;
  /** Tables and queues: refused with a 500; no answer and nothing done; no answer, but done. */
  readonly storageRefused: number;
  readonly storageUnheard: number;
  readonly storageAnswerLost: number;
  /** Accepts the request and stays silent, until the app gives up; done or not. */
  readonly storageHangs: number;
  /** The service: 429 with Retry-After; a 500 with nothing done; unreachable; no answer, but done. */
  readonly throttled: number;
  readonly serviceFailed: number;
  readonly serviceUnreachable: number;
  readonly serviceAnswerLost: number;
  /** Callbacks. */
  readonly callbackLost: number;
  readonly callbackDoubled: number;
  readonly callbackDelayed: number;
  /** Queue messages: a second copy at about the same time; a second copy an hour later; the message is late. */
  readonly messageDoubled: number;
  readonly messageAgainLate: number;
  readonly messageDelayed: number;
  /** Two timers at once. */
  readonly timerDoubled: number;
  /** The service cannot play a file. */
  readonly audioFailed: number;
  /** The service refuses a request with a code that says nothing about the call; it answers nothing until the client gives up. */
  readonly refused: number;
  readonly serviceHangs: number;
  /** A call ends before it is answered: with any code; with a code that concerns our own configuration. */
  readonly oddlyEnded: number;
  readonly oursEnded: number;
};
export type FaultKind = keyof FaultRates;

/** The highest rate of each fault. */
const WORST: { [Kind in FaultKind]: number } = {
  death: 0.012,
  slow: 0.03,
  storageRefused: 0.08,
  storageUnheard: 0.04,
  storageAnswerLost: 0.04,
  storageHangs: 0.02,
  throttled: 0.25,
  serviceFailed: 0.15,
  serviceUnreachable: 0.08,
  serviceAnswerLost: 0.25,
  callbackLost: 0.25,
  callbackDoubled: 0.3,
  callbackDelayed: 0.2,
  messageDoubled: 0.25,
  messageAgainLate: 0.06,
  messageDelayed: 0.1,
  timerDoubled: 0.3,
  audioFailed: 0.1,
  refused: 0.15,
  serviceHangs: 0.08,
  oddlyEnded: 0.15,
  oursEnded: 0.1,
};

const KINDS = Object.keys(WORST).filter((kind): kind is FaultKind => kind in WORST);

function ratesOf(rate: (kind: FaultKind) => number): FaultRates {
  const rates = { ...WORST };
  for (const kind of KINDS) rates[kind] = rate(kind);
  return rates;
}

export const NO_FAULTS: FaultRates = ratesOf(() => 0);

/** How the service refuses and fails calls. */
const REFUSALS: ReadonlySet<FaultKind> = new Set(['refused', 'serviceHangs', 'oddlyEnded', 'oursEnded']);

/**
 * Some worlds have no faults, some one or two kinds, some all kinds.
 * @param refusals draws how the service refuses and fails calls, which it does not in half of the worlds.
 */
export function drawRates(random: Random, refusals: Random): FaultRates {
  const usual = drawnRates(random, 0.1);
  const refusing = drawnRates(refusals, 0.5);
  return ratesOf((kind) => (REFUSALS.has(kind) ? refusing(kind) : usual(kind)));
}

/** @param calm how many worlds have none of these faults, 0 to 1. */
function drawnRates(random: Random, calm: number): (kind: FaultKind) => number {
  const wild = (1 - calm) / 3;
  const wildness = random.weighted([
    [0, calm],
    [0.15, wild],
    [0.5, wild],
    [1, wild],
  ]);
  const variety = random.pick([0.15, 0.5, 1]);
  return (kind) => (random.chance(variety) ? WORST[kind] * wildness * (0.3 + 0.7 * random.next()) : 0);
}

/** A period in which one kind of fault nearly always occurs. */
export type Spell = { readonly kind: FaultKind; readonly from: number; readonly until: number };

/** Whether a world has no faults. */
export const isCalm = (rates: FaultRates, spells: readonly Spell[]): boolean =>
  spells.length === 0 && KINDS.every((kind) => rates[kind] === 0);

const SPELL_KINDS = ['storageRefused', 'storageUnheard', 'serviceFailed', 'throttled', 'callbackLost'] as const;
const SPELL_RATE = 0.8;

const LONG_SPELL_KINDS = ['refused', 'oursEnded', 'serviceHangs'] as const;

/**
 * @param refusals draws long spells, as of a wrong setting.
 * @param forMs how long faults can occur, from `beginning`, ms.
 */
export function drawSpells(random: Random, refusals: Random, beginning: number, forMs: number): Spell[] {
  const short = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => {
    const from = beginning + random.int(0, forMs);
    return { kind: random.pick(SPELL_KINDS), from, until: from + random.int(1_000, 120_000) };
  });
  if (!refusals.chance(0.15)) return short;
  const from = beginning + refusals.int(0, forMs / 2);
  return [...short, { kind: refusals.pick(LONG_SPELL_KINDS), from, until: from + refusals.int(60_000, 900_000) }];
}

/** Decides which faults occur. After a certain time none do. */
export class Faults {
  readonly counts = new Map<FaultKind, number>(KINDS.map((kind) => [kind, 0]));
  readonly #rates: FaultRates;
  readonly #random: Random;
  readonly #until: number;
  readonly #now: () => number;
  readonly #spells: readonly Spell[];

  constructor(rates: FaultRates, spells: readonly Spell[], random: Random, until: number, now: () => number) {
    this.#rates = rates;
    this.#spells = spells;
    this.#random = random;
    this.#until = until;
    this.#now = now;
  }

  coin(): boolean {
    return this.#random.chance(0.5);
  }

  strikes(kind: FaultKind): boolean {
    const now = this.#now();
    if (now >= this.#until) return false;
    const isSpell = this.#spells.some((spell) => spell.kind === kind && spell.from <= now && now < spell.until);
    if (!this.#random.chance(isSpell ? SPELL_RATE : this.#rates[kind])) return false;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return true;
  }

  /** The first of these that strikes, if any does. */
  oneOf<Kind extends FaultKind>(kinds: readonly Kind[]): Kind | undefined {
    return kinds.find((kind) => this.strikes(kind));
  }
}
