import type { Outcome } from '../../src/lib/rules/calls/outcome.ts';
import type { AttemptRef, CallPurpose } from '../../src/lib/rules/calls/purpose.ts';
import { type AttemptResult, endsTheMatter } from '../../src/lib/rules/outages/retry.ts';
import { personId } from '../fixtures/ids.ts';
import type { Call } from './call.ts';
import type { Facts, Rule } from './checks.ts';
import { resultsIn } from './counts.ts';
import { isOurs } from './endings.ts';
import type { Refused } from './service.ts';

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
    const { service } = this.#facts;
    const calls = Map.groupBy(service.calls, ({ parts }) => nameOfPurpose(parts.purpose));
    const refusals = Map.groupBy(service.refusals, ({ purpose }) => nameOfPurpose(purpose));
    for (const [partition, rows] of this.#facts.tables.partitions('Recipients')) {
      const [outageId = '', shard] = partition.split('|');
      for (const [rowKey, row] of rows) {
        if (!rowKey.startsWith('recipient|')) continue;
        const recipientId = personId(rowKey.slice('recipient|'.length));
        this.#declinesAreRetriedOnce(outageId, rowKey, resultsIn(row));
        for (const result of resultsIn(row)) {
          const ref = { outageId, shard: Number(shard), recipientId, attempt: result.attempt };
          this.#isTrue(ref, result, calls.get(nameOf(ref)) ?? [], refusals.get(nameOf(ref)) ?? []);
        }
      }
    }
  }

  /** 603 may be the carrier's, for too many calls at once: one more call tells (docs/outcomes.md). */
  #declinesAreRetriedOnce(outageId: string, who: string, results: readonly AttemptResult[]): void {
    const { scenario, tables } = this.#facts;
    const declines = results.filter(({ outcome }) => outcome === 'declined').length;
    if (declines > 2) this.#fail('a decline is retried once', `${who} has declined ${declines} calls`);
    const retry = scenario.outages.find(({ spec: { id } }) => id === outageId)?.spec.retry;
    const isFinished = tables.rows('Outages', 'outage').get(`outage|${outageId}`)?.['state'] === 'finished';
    const last = results.at(-1);
    if (!retry || !isFinished || last?.outcome !== 'declined' || retry.delaySeconds.declined === undefined) return;
    const mayBeCalled = results.length < retry.maxAttempts && !results.some((each) => endsTheMatter(retry, each));
    if (declines === 1 && mayBeCalled) {
      this.#fail(
        'a decline is retried once',
        `${who} declined one call of ${retry.maxAttempts}, and was not called again`,
      );
    }
  }

  #isTrue(ref: AttemptRef, result: AttemptResult, calls: readonly Call[], refusals: readonly Refused[]): void {
    const { outcome, reason } = result;
    const at = Date.parse(result.at);
    const what = `${nameOf(ref)} is ${outcome}${reason ? ` (${reason})` : ''}`;
    if (TOLD.has(outcome) && !calls.some((call) => this.#hasHeard(call, at))) {
      this.#fail('an outcome is what happened', `${what}, and nobody heard anything`);
    }
    const codes = CODES[outcome];
    if (codes && !calls.some(({ failure }) => failure && codes.has(failure.code))) {
      this.#fail('an outcome is what happened', `${what}, and no call ended so`);
    }
    const ours = calls.filter(({ failure }) => failure && isOurs(failure));
    const isOurFault = ours.length === calls.length && (ours.length > 0 || refusals.some(({ isOurs }) => isOurs));
    if (outcome === 'failed' && isOurFault && !this.#isProven(ref, at)) {
      this.#fail('an outcome is what happened', `${what}, and its calls failed for reasons of ours`);
    }
  }

  /** Between the first call to this person that failed for a reason of ours and this result, the number reached somebody else. */
  #isProven({ outageId, recipientId }: AttemptRef, at: number): boolean {
    const { calls, refusals } = this.#facts.service;
    const isTheirs = (purpose: CallPurpose): boolean =>
      purpose.kind === 'attempt' && purpose.outageId === outageId && purpose.recipientId === recipientId;
    const failed = [
      ...calls
        .filter(({ failure }) => failure && isOurs(failure))
        .map(({ parts: { purpose, number }, placedAt }) => ({ purpose, number, at: placedAt })),
      ...refusals.filter(({ isOurs }) => isOurs),
    ].filter((each) => isTheirs(each.purpose) && each.at <= at);
    const first = Math.min(...failed.map((each) => each.at));
    const numbers = new Set(failed.map(({ number }) => number));
    return calls.some(
      ({ placedAt, failure, parts: { number } }) =>
        first < placedAt && placedAt < at && numbers.has(number) && !(failure && isOurs(failure)),
    );
  }

  /**
   * Audio began, or a key was reported. Where nothing reports the start of audio: it was accepted, and no event that says
   * that it failed was recorded before the end of the call was, or before this result.
   */
  #hasHeard(call: Call, at: number): boolean {
    if (call.wasAudioHeard) return true;
    const { service } = this.#facts;
    const received = service.events.filter((event) => event.call === call && event.isReceived);
    if (received.some(({ about }) => about.key !== undefined)) return true;
    const recorded = (what: string): number =>
      received.find(({ about }) => about.what.startsWith(what))?.recordedAt ?? Number.POSITIVE_INFINITY;
    const isAccepted = call.operations.some(({ name, isDone }) => name === 'playAudio' && isDone);
    return (
      !service.reportsAudioStart && isAccepted && recorded('audio failed') >= Math.min(recorded('state Terminated'), at)
    );
  }
}

const nameOf = ({ outageId, recipientId, attempt }: AttemptRef): string =>
  `attempt ${attempt} of ${recipientId} in ${outageId}`;

const nameOfPurpose = (purpose: CallPurpose): string | undefined =>
  purpose.kind === 'attempt' ? nameOf(purpose) : undefined;
