import { SETTLED_MS } from '../outages/dispatcher.ts';
import { readHolder } from '../rules/outages/line-holder.ts';
import type { Line } from '../storage/lines.ts';

/** In place of an outage: the calls that were requested by hand. */
export const BY_HAND = Symbol('requested calls');
type Owner = string | typeof BY_HAND;

/** Who may have a call in progress, by the rows that the timer reads anyway. */
export class InCall {
  readonly #since: number;
  readonly #unread = new Set<Owner>([BY_HAND]);
  readonly #holders = new Set<string>();
  /** The lines that requested calls wait for, one for each. */
  awaited: readonly string[] = [];

  /** @param since before any of the rows is read. */
  constructor(since: Date) {
    this.#since = since.getTime();
  }

  /** This outage has calls that are not read yet: until then, each of its lines may have one. */
  expect(outageId: string): void {
    this.#unread.add(outageId);
  }

  /** All rows of this owner were read: these hold lines. */
  add(owner: Owner, holders: readonly string[]): void {
    for (const holder of holders) this.#holders.add(holder);
    this.#unread.delete(owner);
  }

  /** True if the holder may be in a call, or may still get one. */
  mayHold({ holder, leasedAt, leaseUntil }: Line): boolean {
    const settledAt = Date.parse(leasedAt ?? leaseUntil) + SETTLED_MS;
    const who = readHolder(holder);
    // Nothing tells when the call of such an operator ends: no longer after its lease.
    if (who.kind === 'operator' && who.owner === '') return Date.parse(leaseUntil) > this.#since;
    return settledAt >= this.#since || this.#isInCall(holder);
  }

  #isInCall(holder: string): boolean {
    const who = readHolder(holder);
    // An operator's call ends with the call that they are in.
    if (who.kind === 'operator') return this.#isInCall(who.owner);
    if (this.#holders.has(holder)) return true;
    return this.#unread.has(who.kind === 'attempt' ? who.outageId : BY_HAND);
  }
}
