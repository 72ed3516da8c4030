import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { AttemptRef } from '../../src/lib/rules/calls/purpose.ts';
import type { AttemptResult } from '../../src/lib/rules/outages/retry.ts';
import { personId } from '../fixtures/ids.ts';
import type { Call } from './call.ts';
import type { Facts, Rule } from './checks.ts';
import { resultsIn } from './counts.ts';
import { isOurs } from './endings.ts';

const TOLD: ReadonlySet<Outcome> = new Set(['answered', 'heard', 'connected', 'acknowledged']);

/** The codes with which a call must have ended for an outcome. */
const CODES: Partial<Record<Outcome, ReadonlySet<number>>> = { busy: new Set([486]), declined: new Set([603, 403]) };

/** Compares the results of attempts with what happened in their calls. */
export class OutcomeChecks {
  readonly #facts: Facts;
  readonly #fail: (rule: Rule, what: string) => void;

  constructor(facts: Facts, fail: (rule: Rule, what: string) => void) {
    this.#facts = facts;
    this.#fail = fail;
  }

  atEnd(): void {
    const calls = Map.groupBy(this.#facts.service.calls, nameOfCall);
    for (const [partition, rows] of this.#facts.tables.partitions('Recipients')) {
      const [outageId = '', shard] = partition.split('|');
      for (const [rowKey, row] of rows) {
        if (!rowKey.startsWith('recipient|')) continue;
        const recipientId = personId(rowKey.slice('recipient|'.length));
        for (const result of resultsIn(row)) {
          const ref = { outageId, shard: Number(shard), recipientId, attempt: result.attempt };
          this.#isTrue(ref, result, calls.get(nameOf(ref)) ?? []);
        }
      }
    }
  }

  #isTrue(ref: AttemptRef, { outcome, reason }: AttemptResult, calls: readonly Call[]): void {
    const what = `${nameOf(ref)} is ${outcome}${reason ? ` (${reason})` : ''}`;
    if (TOLD.has(outcome) && !calls.some((call) => this.#hasHeard(call))) {
      this.#fail('an outcome is what happened', `${what}, and nobody heard anything`);
    }
    const codes = CODES[outcome];
    if (codes && !calls.some(({ failure }) => failure && codes.has(failure.code))) {
      this.#fail('an outcome is what happened', `${what}, and no call ended so`);
    }
    const isOurFault = calls.length > 0 && calls.every(({ failure }) => failure && isOurs(failure));
    if (outcome === 'failed' && isOurFault && !this.#isProven(calls)) {
      this.#fail('an outcome is what happened', `${what}, and its calls failed for reasons of ours`);
    }
  }

  /**
   * Some other call did better before the last of these ended. When the first call was refused, and from which number, is not
   * known: a refused request is no call of the service.
   */
  #isProven(attempted: readonly Call[]): boolean {
    const end = attempted.at(-1)?.endedAt ?? Number.POSITIVE_INFINITY;
    return this.#facts.service.calls.some(({ placedAt, failure }) => placedAt < end && !(failure && isOurs(failure)));
  }

  /**
   * Audio began, or a key was reported. Where nothing reports the start of audio: it was accepted, and no event said before
   * the end of the call that it failed.
   */
  #hasHeard(call: Call): boolean {
    if (call.wasAudioHeard) return true;
    const { service } = this.#facts;
    const received = service.events.filter((event) => event.call === call && event.isReceived);
    if (received.some(({ about }) => about.key !== undefined)) return true;
    const told = (what: string): number =>
      received.find(({ about }) => about.what.startsWith(what))?.receivedAt ?? Number.POSITIVE_INFINITY;
    const isAccepted = call.operations.some(({ name, isDone }) => name === 'playAudio' && isDone);
    return !service.reportsAudioStart && isAccepted && told('audio failed') >= told('state Terminated');
  }
}

const nameOf = ({ outageId, recipientId, attempt }: AttemptRef): string =>
  `attempt ${attempt} of ${recipientId} in ${outageId}`;

const nameOfCall = ({ parts: { purpose } }: Call): string | undefined =>
  purpose.kind === 'attempt' ? nameOf(purpose) : undefined;
