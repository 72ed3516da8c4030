/**
 * How outages and calls by hand share the lines of a caller number. A free line goes to a call by hand first, then to
 * the outage that holds the fewest lines of that number. Lines in use are reserved for those who hold too few: the
 * process that ends the call passes the line on to them.
 */

/** Stands for the calls by hand that wait for a line of this number (E.164; undefined: of any), in place of an outage's id. */
export const byHand = (number: string | undefined): string => `${BY_HAND}${number ?? ''}`;
export const isByHand = (claimant: string): boolean => claimant.startsWith(BY_HAND);
/** The number that calls by hand wait for; undefined: any. */
export const numberIn = (claimant: string): string | undefined => claimant.slice(BY_HAND.length) || undefined;
const BY_HAND = 'by-hand|';

/** Lower ranks are served first. Within a rank it is the turn of those who hold the fewest lines. */
const RANKS = { byHand: 0, emergency: 1, outage: 2 } as const;
export type Rank = keyof typeof RANKS;

/** A line of a caller number, as far as sharing it goes. */
export type SharedLine = {
  readonly lineId: string;
  /** The caller number, E.164. */
  readonly number: string;
  readonly isFree: boolean;
  /** The outage whose call is on the line; undefined if the line is free or has another call. */
  readonly outageId: string | undefined;
  /** The outage that had a call on it last. */
  readonly lastOutageId: string | undefined;
  /** Who gets the line when its call ends, like `claimant` of a claim. */
  readonly reservedFor: string | undefined;
  /** When its call began, UTC. */
  readonly leasedAt: string | undefined;
};

/** Somebody who wants lines. */
export type Claim = {
  /** An outage's id, or `byHand` of a number. */
  readonly claimant: string;
  readonly rank: Rank;
  /** How many more lines could be used now. */
  readonly wants: number;
  /** The ids of the lines that may be used. */
  readonly lines: ReadonlySet<string>;
};

/** Who gets a line. */
export type Share = { readonly claimant: string; readonly lineId: string };

/**
 * Shares the lines among all who want one.
 * @returns `given`: free lines to use now; `reserved`: lines in use to reserve.
 */
export function shareLines(
  lines: readonly SharedLine[],
  claims: readonly Claim[],
): { readonly given: Share[]; readonly reserved: Share[] } {
  const sharing = new Sharing(lines, claims);
  const given = lines.filter(({ isFree }) => isFree).flatMap((line) => sharing.give(line) ?? []);
  const occupied = lines.filter(({ outageId, reservedFor }) => outageId !== undefined && reservedFor === undefined);
  // The oldest call is likely to end first.
  const byAge = occupied.toSorted((a, b) => (a.leasedAt ?? '').localeCompare(b.leasedAt ?? ''));
  const reserved = [...Map.groupBy(byAge, ({ number }) => number)].flatMap(([number, own]) =>
    sharing.reserve(number, own),
  );
  return { given, reserved };
}

class Sharing {
  readonly #claims: readonly Claim[];
  readonly #ranks: ReadonlyMap<string, Rank>;
  /** How many lines each claimant could still use. */
  readonly #wants: Map<string, number>;
  /** How many lines of a number somebody has, or gets when a call ends. */
  readonly #held = new Map<string, number>();
  /** Which of these are in use by others still. */
  readonly #expected = new Map<string, number>();
  /** How many lines of all numbers somebody has, or was just given or promised. */
  readonly #inAll = new Map<string, number>();
  /** Who has a call on a line of a number now. */
  readonly #calling: ReadonlySet<string>;

  constructor(lines: readonly SharedLine[], claims: readonly Claim[]) {
    this.#claims = claims;
    this.#ranks = new Map(claims.map(({ claimant, rank }) => [claimant, rank]));
    this.#wants = new Map(claims.map(({ claimant, wants }) => [claimant, wants]));
    this.#calling = new Set(lines.map(({ number, outageId }) => `${number} ${outageId}`));
    for (const { number, outageId, reservedFor } of lines) {
      if (outageId === undefined) continue;
      add(this.#held, `${number} ${reservedFor ?? outageId}`, 1);
      if (reservedFor === undefined) add(this.#inAll, outageId, 1);
      else add(this.#expected, `${number} ${reservedFor}`, 1);
    }
  }

  /** Gives a free line to the claim for which it was freed, or else to that whose turn it is. */
  give({ lineId, number, reservedFor, lastOutageId }: SharedLine): Share | undefined {
    const turns = this.#turns(number, (claim) => this.#wantsOf(claim)).filter(({ lines }) => lines.has(lineId));
    const [first] = turns;
    if (!first) return undefined;
    const heir = turns.find(({ claimant, rank }) => claimant === reservedFor && rank === first.rank);
    const isHeirNext = heir && this.#count(number, heir.claimant) <= this.#count(number, first.claimant);
    const { claimant } = isHeirNext ? heir : this.#next(number, lastOutageId, first, turns);
    this.#take(number, claimant);
    return { claimant, lineId };
  }

  /** Reserves lines of a number that are in use, until nobody holds too few. */
  reserve(number: string, occupied: readonly SharedLine[]): Share[] {
    const shares: Share[] = [];
    let left = occupied;
    for (let giver = this.#giver(number, left); giver; giver = this.#giver(number, left)) {
      const { line, claimant } = giver;
      left = left.filter((other) => other !== line);
      add(this.#held, `${number} ${line.outageId}`, -1);
      this.#take(number, claimant);
      shares.push({ claimant, lineId: line.lineId });
    }
    return shares;
  }

  /** The claims for lines of a number, those first whose turn it is. */
  #turns(number: string, wants: (claim: Claim) => number): Claim[] {
    const wanting = this.#claims.filter((claim) => wants(claim) > 0);
    const turns = new Map(wanting.map((claim) => [claim, this.#turn(number, claim)]));
    return wanting.sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
  }

  /**
   * The lower, the sooner. Of two who will hold as many lines of the number, the one without a call comes first; then the
   * one who will hold fewer lines in all.
   */
  #turn(number: string, { claimant, rank }: Claim): number {
    const isCalling = this.#calling.has(`${number} ${claimant}`);
    const held = 2 * this.#count(number, claimant) + Number(isCalling);
    return (RANKS[rank] * MANY + held) * MANY + (this.#inAll.get(claimant) ?? 0);
  }

  /** The next line to reserve, and for whom. */
  #giver(number: string, occupied: readonly SharedLine[]): { line: SharedLine; claimant: string } | undefined {
    // What is reserved of another number may be in use for long.
    const expected = ({ claimant }: Claim): number => this.#expected.get(`${number} ${claimant}`) ?? 0;
    const turns = this.#turns(number, (claim) => this.#wantsOf(claim) - expected(claim));
    for (const claim of turns) {
      const line = this.#lineFor(number, claim, occupied);
      if (!line) continue;
      const able = turns.filter((other) => this.#mayTake(number, other, line));
      return { line, claimant: this.#next(number, line.lastOutageId, claim, able).claimant };
    }
    return undefined;
  }

  /** Equal claims take turns: each line goes round in the order of their names. */
  #next(number: string, lastOutageId: string | undefined, first: Claim, turns: readonly Claim[]): Claim {
    const turn = this.#turn(number, first);
    const equal = turns.filter((other) => this.#turn(number, other) === turn);
    equal.sort((a, b) => (a.claimant < b.claimant ? -1 : 1));
    return equal.find(({ claimant }) => claimant > (lastOutageId ?? '')) ?? equal[0] ?? first;
  }

  /** The line of the outage that has the most lines to spare for this claim. */
  #lineFor(number: string, claim: Claim, occupied: readonly SharedLine[]): SharedLine | undefined {
    const able = occupied.filter((line) => this.#mayTake(number, claim, line));
    const [first, ...others] = able;
    const lines = ({ outageId = '' }: SharedLine): number => this.#count(number, outageId);
    return first && others.reduce((best, line) => (lines(line) > lines(best) ? line : best), first);
  }

  #mayTake(number: string, claim: Claim, { lineId, outageId = '' }: SharedLine): boolean {
    const rank = RANKS[this.#ranks.get(outageId) ?? 'outage'] - RANKS[claim.rank];
    if (outageId === claim.claimant || rank < 0 || !claim.lines.has(lineId)) return false;
    const own = this.#count(number, claim.claimant);
    // With fewer lines than outages, they take turns.
    return rank > 0 || this.#count(number, outageId) > own + 1 || own === 0;
  }

  #count(number: string, claimant: string): number {
    return this.#held.get(`${number} ${claimant}`) ?? 0;
  }

  #wantsOf({ claimant }: Claim): number {
    return this.#wants.get(claimant) ?? 0;
  }

  #take(number: string, claimant: string): void {
    add(this.#wants, claimant, -1);
    add(this.#held, `${number} ${claimant}`, 1);
    add(this.#inAll, claimant, 1);
  }
}

const add = (counts: Map<string, number>, name: string, more: number): void =>
  void counts.set(name, (counts.get(name) ?? 0) + more);

/** More than the lines that anybody can hold. */
const MANY = 1_000_000;
