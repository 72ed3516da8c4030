import type { RestingCaller } from '../rules/calls/breaker.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { ended } from '../rules/outages/lifecycle.ts';
import { isListHeld } from '../rules/outages/list-holds.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { SpendHold } from '../rules/spending.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import type { DueRow } from '../storage/recipients.ts';

/** What a tick did for one outage, for the log. */
export type Tended = {
  readonly outage: string;
  readonly state: string;
  readonly started: number;
  readonly healed: number;
  readonly linesInUse: number;
  /** How long the recipient due longest has waited. */
  readonly dueLagMs: number;
  /** The outage's caller numbers that rest. */
  readonly resting: readonly RestingCaller[];
  readonly spendHold?: SpendHold | undefined;
  /** Errors of single steps. The other steps ran all the same; the failed ones run again at the next tick. */
  readonly problems: readonly unknown[];
};

/** One outage during one tick of the timer. */
export class Visit {
  readonly services: Services;
  #stored: StoredOutage;
  /** True once its calls may be attended to. */
  isBegun = false;
  readonly figures = { started: 0, healed: 0, linesInUse: 0, dueLagMs: 0 };
  readonly #problems: unknown[] = [];

  constructor(services: Services, stored: StoredOutage) {
    this.services = services;
    this.#stored = stored;
  }

  get outage(): Outage {
    return this.#stored.outage;
  }

  get shards(): Shard[] {
    return shardsOf(this.outage);
  }

  report(): Tended {
    const { id: outage, state, resting = [], spendHold } = this.outage;
    return { outage, state, resting, spendHold, ...this.figures, problems: this.#problems };
  }

  /** Runs one step. If it fails, the error is kept and the other steps still run. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.note(problem);
    }
  }

  note(problem: unknown): void {
    this.#problems.push(problem);
  }

  /** @returns false if the outage changed meanwhile; the next tick handles it. */
  async become(outage: Outage): Promise<boolean> {
    if (outage === this.outage) return true;
    const saved = await this.services.outages.save(this.#stored, outage);
    this.#stored = saved ?? this.#stored;
    return saved !== undefined;
  }

  /** True if every recipient has an outcome. One request for each shard. */
  async isDone(): Promise<boolean> {
    for (const shard of this.shards) if (!(await this.services.recipients.isDone(shard))) return false;
    return true;
  }

  /** True if nobody is on the list. One request for each shard. */
  async isEmpty(): Promise<boolean> {
    for (const shard of this.shards) if (!(await this.services.recipients.isEmpty(shard))) return false;
    return true;
  }

  /** Ends the outage once all changes are folded, because the timer skips it from then on. */
  async end(): Promise<void> {
    if (isListHeld(this.outage, this.services.now())) return;
    for (const shard of this.shards) if (!(await this.#foldShard(shard))) return;
    await this.become(ended(this.outage, this.services.now()));
  }

  /** One request for each shard, and three for each 49 changes. */
  async foldCounts(): Promise<void> {
    await Promise.all(this.shards.map((shard) => this.attempt(() => this.#foldShard(shard))));
  }

  /** @returns false if changes are left for the next tick. */
  async #foldShard(shard: Shard): Promise<boolean> {
    for (let folds = 0; folds < this.services.settings.batches.folds; folds++) {
      if (!(await this.services.tallies.fold(shard))) return true;
    }
    return false;
  }
}

export const refOf = (shard: Shard, { recipientId, attempt }: DueRow): AttemptRef => ({
  ...shard,
  recipientId,
  attempt,
});
