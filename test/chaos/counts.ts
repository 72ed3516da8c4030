import { z } from 'zod';
import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import { AttemptResult } from '../../src/lib/rules/outages/retry.ts';
import { Tally } from '../../src/lib/rules/outages/tally.ts';
import type { Columns } from '../../src/lib/storage/table-store.ts';
import { NEXT } from './next-version.ts';

type Rows = ReadonlyMap<string, Columns>;

/** Counts by name, as text, to compare two ways of counting. Zeros are left out. */
class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string, count: number): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  addMinute(minute: string, { ended, answered }: Columns): void {
    this.add(`ended at ${minute}`, Number(ended));
    this.add(`answered at ${minute}`, Number(answered));
  }

  toString(): string {
    const counts = [...this.#counts].filter(([, count]) => count !== 0).map(([what, count]) => `${what}: ${count}`);
    return counts.sort().join(', ') || 'nothing';
  }
}

/** The counts in the rows that count and list, folded or not. */
export function counted(rows: Rows): string {
  const counts = new Counts();
  for (const [rowKey, row] of rows) {
    const [kind, minute = ''] = rowKey.split('|');
    if (kind === 'activity') counts.addMinute(minute, row);
    if (kind === 'count') addTally(counts, row);
    if (kind === 'ended') counts.add(`attempt ${row['attempt']} of ${row['recipientId']} ended ${row['outcome']}`, 1);
  }
  return counts.toString();
}

function addTally(counts: Counts, row: Columns): void {
  const nested = (name: string): unknown =>
    JSON.parse(String(row[`${name}Json`] ?? '{}'), (key, value) => (key === NEXT ? undefined : value));
  const tally = Tally.parse({ ...row, outcomes: nested('outcomes'), minutes: nested('minutes') });
  counts.add('recipients', tally.recipients);
  counts.add('attempts', tally.attempts);
  for (const [outcome, count] of Object.entries(tally.outcomes)) counts.add(outcome, count);
  for (const [minute, count] of Object.entries(tally.minutes)) counts.addMinute(minute, count);
}

/** The same counts, computed from the whole list. */
export function listed(rows: Rows): string {
  const counts = new Counts();
  for (const [rowKey, row] of rows) {
    if (!rowKey.startsWith('recipient|')) continue;
    counts.add('recipients', 1);
    if (row['outcome'] !== undefined) counts.add(String(row['outcome']), 1);
    for (const { attempt, at, outcome } of resultsIn(row)) {
      counts.add('attempts', 1);
      counts.add(`attempt ${attempt} of ${row['recipientId']} ended ${outcome}`, 1);
      counts.addMinute(`${at.slice(0, 16)}:00.000Z`, { ended: 1, answered: ANSWERED.has(outcome) ? 1 : 0 });
    }
  }
  return counts.toString();
}

const ANSWERED: ReadonlySet<Outcome> = new Set(['answered', 'heard', 'connected', 'optedOut', 'acknowledged']);

const Results = z.array(AttemptResult);
const known = new WeakMap<Columns, AttemptResult[]>();

/** The results in a recipient's row. */
export function resultsIn(columns: Columns = {}): readonly AttemptResult[] {
  const results = known.get(columns) ?? Results.parse(JSON.parse(String(columns['resultsJson'] ?? '[]')));
  known.set(columns, results);
  return results;
}
