import { z } from 'zod';
import { readHolder } from '../../src/lib/rules/outages/line-holder.ts';
import { Caller } from '../../src/lib/rules/outages/outage.ts';
import type { Cell, Columns } from '../../src/lib/storage/table-store.ts';
import type { Facts, Rule } from './checks.ts';
import type { Scenario } from './scenario.ts';
import { tickMsOf } from './stopped-timer.ts';
import type { WorldTables } from './stores.ts';

/** How long a line may stand idle while somebody is due, ms: until the timer knows that nobody uses it, and a few ticks. */
const idleMsOf = (scenario: Scenario): number => 150_000 + 3 * tickMsOf(scenario);

/** Watches that lines are used, from the rows that the timer finds at each tick. */
export class LineChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  /** Since when each outage has had people due at every tick, and a line idle for them. */
  readonly #since = new Map<string, number>();
  #tickedAt = 0;

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  /** Once nothing goes wrong any more, no line is idle for long while somebody is due who may be called on it. */
  atTick(): void {
    const { tables, now, calmFrom, scenario } = this.#facts;
    const idleMs = idleMsOf(scenario);
    // Ticks with nothing to do are left out.
    if (now() - this.#tickedAt > idleMs) this.#since.clear();
    this.#tickedAt = now();
    if (now() < calmFrom) return;
    const unusable = new Set([...numbersAtRest(tables), ...this.#numbersOfCallsGivenUp()]);
    const idle = linesIn(tables).filter(([, row]) => !unusable.has(row['number']) && isIdle(tables, row, now()));
    const waits = new Map(idle.length > 0 ? this.#waits(idle) : []);
    for (const wait of this.#since.keys()) if (!waits.has(wait)) this.#since.delete(wait);
    for (const [wait, what] of waits) {
      const since = this.#since.get(wait) ?? now();
      this.#since.set(wait, since);
      if (now() - since > idleMs) this.#fail('no line stands idle', what);
    }
  }

  /** For the service, a call that it refuses to end goes on and takes one of the number's lines. */
  #numbersOfCallsGivenUp(): (string | undefined)[] {
    return this.#facts.service.inFlight.filter(({ isStubborn }) => isStubborn).map(({ parts }) => parts.number);
  }

  /** The outages whose people are due, each with each line that is idle for them. */
  *#waits(idle: readonly (readonly [string, Columns])[]): Iterable<readonly [string, string]> {
    for (const [rowKey, outage] of this.#facts.tables.rows('Outages', 'outage')) {
      if (!rowKey.startsWith('outage|') || !this.#isHeldUpByNothing(outage)) continue;
      const callers = Caller.array().parse(JSON.parse(String(outage['callersJson'])));
      for (const [line, row] of idle) {
        if (!callers.some((caller) => isOf(row, caller))) continue;
        // A line that was given to somebody since, whose call the service refused, has not been idle all the time.
        yield [`${rowKey} ${line} ${row['leasedAt']}`, `${line} is idle, and people of ${rowKey} are due`];
      }
    }
  }

  #isHeldUpByNothing(outage: Columns): boolean {
    const { tables, now } = this.#facts;
    const { id, state, expiresAt, maxConcurrentCalls } = outage;
    const isCalling = state === 'running' && !(Date.parse(String(expiresAt)) <= now());
    if (!isCalling || maxConcurrentCalls !== undefined) return false;
    return [...tables.partitions('Recipients').keys()].some((partition) => {
      const due = partition.startsWith(`${id}|`) ? tables.firstKey('Recipients', partition, WAITING) : undefined;
      return due !== undefined && Date.parse(due.slice(WAITING.length).split('|')[0] ?? '') <= now();
    });
  }
}

const WAITING = 'due|waiting|';

/** The lines and their ids, without what else is in their partition. */
export const linesIn = (tables: WorldTables): (readonly [string, Columns])[] =>
  [...tables.rows('Lines', 'lines')].filter(([rowKey]) => rowKey.startsWith('line|'));

/** The caller numbers that the breaker rests. */
const numbersAtRest = (tables: WorldTables): ReadonlySet<Cell | undefined> =>
  new Set([...tables.rows('Lines', 'lines').values()].filter((row) => row['restingSince']).map((row) => row['number']));

const WithHolder = z.object({ holder: z.string().optional() });

/** True if the holder of a line has a call in progress, or is about to get one, on a line that it holds by this name. */
export function isInCall(tables: WorldTables, holder: Cell | undefined): boolean {
  const who = readHolder(String(holder));
  if (who.kind === 'operator') return who.owner === '' || isInCall(tables, who.owner);
  const partitions = [...tables.partitions('Recipients')];
  const rows = {
    attempt: () => partitions.map(([, row]) => row.get(who.kind === 'attempt' ? `recipient|${who.recipientId}` : '')),
    request: () => [tables.rows('Requests', 'requests').get(`request|${who.kind === 'request' ? who.requestId : ''}`)],
    unknown: () => [],
  };
  return rows[who.kind]().some((row) => {
    const line = row?.['lineJson'];
    return line !== undefined && WithHolder.parse(JSON.parse(String(line))).holder === holder;
  });
}

const isOf = ({ number, index }: Columns, caller: Caller): boolean =>
  number === caller.number && Number(index) < caller.lines;

/** A free line that is left alone for a while is not idle. */
const isIdle = (tables: WorldTables, { holder, leaseUntil }: Columns, now: number): boolean =>
  holder === '' ? Date.parse(String(leaseUntil)) <= now : !isInCall(tables, holder);
