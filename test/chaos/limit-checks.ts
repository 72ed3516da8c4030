import type { CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import type { Facts, Rule } from './checks.ts';
import type { RowChange } from './stores.ts';

/** Names the calls to a number: `<number id>|calls`. */
const isCallsOf = ({ table, rowKey }: RowChange): boolean => table === 'OptOuts' && rowKey.includes('|');

/** Every call to a person of an outage is on record before it is placed, and no two of one number are too close. */
export class LimitChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;
  /** The calls that were let through, by their names. */
  readonly #passed = new Set<string>();

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  committed(change: RowChange): void {
    if (!isCallsOf(change)) return;
    const { before, after } = change;
    this.#passed.add(String(after?.['by']));
    if (!before || !after || before['by'] === after['by']) return;
    const gapMs = Date.parse(String(after['at'])) - Date.parse(String(before['at']));
    if (gapMs < this.#facts.scenario.settings.numberLimits.delayMs) {
      this.#fail('a number’s limits are kept', `${after['by']} follows ${before['by']} after ${gapMs} ms`);
    }
  }

  isToBePlaced(purpose: CallPurpose): void {
    const name =
      purpose.kind === 'attempt'
        ? `${purpose.outageId}|${purpose.recipientId}|${purpose.attempt}`
        : `request|${purpose.requestId}`;
    const isGuest = purpose.kind === 'request' && purpose.as !== undefined;
    if (!isGuest && !this.#passed.has(name)) this.#fail('a number’s limits are kept', `${name} did not pass the gate`);
  }
}
