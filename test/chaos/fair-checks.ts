import { readHolder } from '../../src/lib/rules/outages/line-holder.ts';
import { Caller } from '../../src/lib/rules/outages/outage.ts';
import type { Columns } from '../../src/lib/storage/table-store.ts';
import type { Facts, Rule } from './checks.ts';
import { linesIn } from './line-checks.ts';
import type { RowChange } from './stores.ts';

/** A round more than the fair share takes: the lines may have been reserved for others when somebody began to wait. */
const SPARE_ROUNDS = 1;

/**
 * A round of a number's lines: begins with a tick in which nothing failed and during which none of the lines changed hands,
 * and ends when all calls that were on the lines have ended. What comes between two rounds does not count.
 */
type Round = {
  readonly since: number;
  /** The lines in use and their holders, of those that have not changed since. */
  readonly calls: Set<string>;
};

type Wait = {
  /** How many rounds they have waited for. */
  rounds: number;
  /** How many outages were not over, at most. */
  open: number;
  /** How many lines of the number calls by hand and operators had got before. */
  readonly turnsByHand: number;
};

/** Somebody who has waited for a line of a number since the round began. */
type Waiting = { readonly who: string; readonly lines: number };

/**
 * Watches how outages and calls by hand share the lines of each number. Knows nothing of reservations: it counts how often
 * all calls of a number ended while somebody waited.
 */
export class FairChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  readonly #rounds = new Map<string, Round>();
  /** By number: when one of its lines last changed hands. */
  readonly #changedHandsAt = new Map<string, number>();
  readonly #turnsByHand = new Map<string, number>();
  /** By number: how many rounds in a row the outages held unequal shares. */
  readonly #unbalanced = new Map<string, number>();
  /** By number and claimant. */
  readonly #waited = new Map<string, Wait>();
  /** By outage: when it last got a line, and when its row last changed. */
  readonly #servedAt = new Map<string, number>();
  readonly #changedAt = new Map<string, number>();
  /** By request: since when it waits. */
  readonly #waitsSince = new Map<string, number>();

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  committed({ table, rowKey, before, after }: RowChange): void {
    const now = this.#facts.now();
    if (table === 'Outages' && rowKey.startsWith('outage|')) this.#changedAt.set(rowKey.slice('outage|'.length), now);
    if (table === 'Requests' && rowKey.startsWith('request|')) this.#requestChanged(rowKey, after);
    if (table !== 'Lines' || !rowKey.startsWith('line|') || before?.['holder'] === after?.['holder']) return;
    const who = readHolder(String(after?.['holder']));
    const number = String(after?.['number']);
    if (who.kind === 'request' || who.kind === 'operator') this.#turnsByHand.set(number, this.#turnsOf(number) + 1);
    if (who.kind === 'attempt') {
      this.#servedAt.set(who.outageId, now);
      this.#forget(who.outageId);
    }
    this.#changedHandsAt.set(number, now);
    this.#rounds.get(number)?.calls.delete(callOn(rowKey, before));
    this.#endRound(number);
  }

  /** A tick has ended, and no step of it failed. */
  ticked(beganAt: number): void {
    const lines = linesIn(this.#facts.tables);
    // A free line that must be left alone for a while counts as in use until then.
    for (const [rowKey, row] of lines) {
      if (!isInUse(row, this.#facts.now())) this.#rounds.get(String(row['number']))?.calls.delete(callOn(rowKey, row));
    }
    for (const number of new Set(lines.map(([, row]) => String(row['number'])))) {
      this.#endRound(number);
      const isSettled = (this.#changedHandsAt.get(number) ?? 0) < beganAt;
      if (!this.#rounds.has(number) && isSettled) this.#begin(number);
    }
  }

  #requestChanged(rowKey: string, after: Columns | undefined): void {
    const id = rowKey.slice('request|'.length);
    if (after?.['phase'] !== 'waiting') {
      this.#waitsSince.delete(id);
      this.#forget(`request ${id}`);
    } else if (after['waitsFor'] !== undefined && !this.#waitsSince.has(id)) {
      this.#waitsSince.set(id, this.#facts.now());
    }
  }

  /** They wait no longer, whatever number they waited for. */
  #forget(who: string): void {
    for (const key of this.#waited.keys()) if (key.endsWith(` ${who}`)) this.#waited.delete(key);
  }

  #begin(number: string): void {
    const now = this.#facts.now();
    const inUse = this.#linesOf(number).filter(([, row]) => isInUse(row, now));
    const calls = new Set(inUse.map(([rowKey, row]) => callOn(rowKey, row)));
    // While every line only rests after a refusal, nobody could have been given one.
    const isCalling = inUse.some(([, row]) => row['holder'] !== '');
    if (isCalling) this.#rounds.set(number, { since: now, calls });
  }

  #linesOf(number: string): (readonly [string, Columns])[] {
    return linesIn(this.#facts.tables).filter(([, row]) => row['number'] === number);
  }

  #endRound(number: string): void {
    const round = this.#rounds.get(number);
    if (!round || round.calls.size > 0) return;
    this.#rounds.delete(number);
    const waiting = this.#waiting(number, round.since);
    const names = new Set(waiting.map(({ who }) => `${number} ${who}`));
    for (const key of this.#waited.keys()) {
      if (key.startsWith(`${number} `) && !names.has(key) && !key.includes(' request ')) this.#waited.delete(key);
    }
    for (const { who, lines } of waiting) this.#waits(number, who, lines);
    this.#isBalanced(number, round.since);
  }

  #waits(number: string, who: string, lines: number): void {
    const begun = { rounds: 0, open: 0, turnsByHand: this.#turnsOf(number) };
    const wait = this.#waited.get(`${number} ${who}`) ?? begun;
    wait.rounds++;
    wait.open = Math.max(wait.open, this.#open());
    this.#waited.set(`${number} ${who}`, wait);
    const rivals = wait.open + this.#waitsSince.size + this.#turnsOf(number) - wait.turnsByHand;
    if (wait.rounds <= Math.ceil(rivals / Math.max(1, lines)) + SPARE_ROUNDS) return;
    const what = `${who} got none of ${lines} lines of ${number} in ${wait.rounds} rounds, with ${rivals} who share them`;
    this.#fail('lines are shared fairly', what);
  }

  /** How many lines of the number calls by hand got, and operators, who need one at once. */
  #turnsOf(number: string): number {
    return this.#turnsByHand.get(number) ?? 0;
  }

  /** How many outages are not over. */
  #open(): number {
    const rows = [...this.#facts.tables.rows('Outages', 'outage').keys()];
    return rows.filter((rowKey) => rowKey.startsWith('open|')).length;
  }

  /** Those who have waited for a line of the number all the time, and have none. */
  #waiting(number: string, since: number): Waiting[] {
    if (this.#isResting(number)) return [];
    return [...this.#outages(number, since), ...this.#requests(number, since)];
  }

  #isResting(number: string): boolean {
    return [...this.#facts.tables.rows('Lines', 'lines')].some(
      ([rowKey, row]) => rowKey.startsWith('number|') && row['number'] === number && row['restingSince'],
    );
  }

  /** Outages without any line, whose people have been due since then. */
  *#outages(number: string, since: number): Iterable<Waiting> {
    const holders = linesIn(this.#facts.tables).map(([, row]) => String(row['holder']));
    for (const { who, lines } of this.#calling(number, since)) {
      const isServed = (this.#servedAt.get(who) ?? 0) > since || holders.some((holder) => holder.startsWith(`${who}|`));
      if (!isServed && this.#due(who, since) > 0) yield { who, lines };
    }
  }

  /** The outages that may call from the number, and that nobody has changed since then. */
  *#calling(number: string, since: number): Iterable<Waiting & { readonly isLimited: boolean }> {
    const { tables, now } = this.#facts;
    for (const [rowKey, { id, state, expiresAt, callersJson, maxConcurrentCalls }] of tables.rows(
      'Outages',
      'outage',
    )) {
      if (!rowKey.startsWith('outage|') || state !== 'running' || Date.parse(String(expiresAt)) <= now()) continue;
      const callers = Caller.array().parse(JSON.parse(String(callersJson)));
      const lines = callers.find((caller) => caller.number === number)?.lines;
      const isNew = (this.#changedAt.get(String(id)) ?? 0) > since;
      if (lines !== undefined && !isNew) yield { who: String(id), lines, isLimited: maxConcurrentCalls !== undefined };
    }
  }

  /** How many people have been due since then. */
  #due(outageId: string, since: number): number {
    const { tables } = this.#facts;
    let count = 0;
    for (const [partition, rows] of tables.partitions('Recipients')) {
      if (!partition.startsWith(`${outageId}|`) || !tables.firstKey('Recipients', partition, WAITING)) continue;
      for (const key of rows.keys()) {
        if (key.startsWith(WAITING) && Date.parse(key.slice(WAITING.length).split('|')[0] ?? '') <= since) count++;
      }
    }
    return count;
  }

  /** Outages that all have people enough for every line hold as many, give or take one. */
  #isBalanced(number: string, since: number): void {
    const holders = this.#linesOf(number).map(([, row]) => String(row['holder']));
    if (holders.length < 2 || this.#isResting(number)) return void this.#unbalanced.delete(number);
    const able = [...this.#calling(number, since)].filter(
      ({ who, lines, isLimited }) => !isLimited && lines >= holders.length && this.#due(who, since) >= lines,
    );
    const held = able.map(({ who }) => holders.filter((holder) => holder.startsWith(`${who}|`)).length);
    if (Math.max(...held) - Math.min(...held) <= 1) return void this.#unbalanced.delete(number);
    const rounds = (this.#unbalanced.get(number) ?? 0) + 1;
    this.#unbalanced.set(number, rounds);
    if (rounds <= SPARE_ROUNDS) return;
    const what = able.map(({ who }, index) => `${who} has ${held[index]}`).join(', ');
    this.#fail('lines are shared fairly', `of the ${holders.length} lines of ${number}, ${what}`);
  }

  *#requests(number: string, since: number): Iterable<Waiting> {
    const { tables, scenario } = this.#facts;
    const ours = scenario.settings.callers.find((caller) => caller.number === number);
    for (const [id, waitsSince] of this.#waitsSince) {
      const waitsFor = tables.rows('Requests', 'requests').get(`request|${id}`)?.['waitsFor'];
      // Its message is on the way: it may be late.
      if (waitsFor === undefined || waitsSince > since || !ours) continue;
      const named = String(waitsFor).split('|')[1];
      if (named === '' || named === number) yield { who: `request ${id}`, lines: ours.lines };
    }
  }
}

const WAITING = 'due|waiting|';

const callOn = (rowKey: string, row: Columns | undefined): string => {
  const holder = String(row?.['holder'] ?? '');
  return holder === '' ? `${rowKey} until ${row?.['leaseUntil']}` : `${rowKey} ${holder}`;
};

const isInUse = ({ holder, leaseUntil }: Columns, now: number): boolean =>
  holder !== '' || Date.parse(String(leaseUntil)) > now;
