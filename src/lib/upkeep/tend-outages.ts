import { attemptCall } from '../calls/attempt-owner.ts';
import { begunProgress, callOff, isThrough } from '../outages/call-off.ts';
import { type Filled, fillLines, roomFor } from '../outages/dispatcher.ts';
import { usableLines } from '../outages/resting.ts';
import type { RestingCaller } from '../rules/calls/breaker.ts';
import type { AttemptRef } from '../rules/calls/purpose.ts';
import { expired } from '../rules/outages/attempts.ts';
import { ended, isCalledOff, isCalling, isOver, isWaitingForList } from '../rules/outages/lifecycle.ts';
import { holderOfAttempt } from '../rules/outages/line-holder.ts';
import { isListHeld } from '../rules/outages/list-holds.ts';
import { begun, type Outage } from '../rules/outages/outage.ts';
import { withResting } from '../rules/outages/resting.ts';
import { type Shard, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import type { DueRow } from '../storage/recipients.ts';
import { hangUpNow, healCall } from './heal-call.ts';
import { InCall } from './in-call.ts';
import { LinePool } from './line-pool.ts';

/** The timer's interval, ms. */
const TICK_MS = 10_000;
/** Counts are exact before and after folding, so folding once a minute is enough. Ms. */
const FOLD_MS = 60_000;

/** What a tick did for one outage, for the log. */
export type Tended = {
  readonly outage: string;
  readonly state: string;
  readonly started: number;
  readonly healed: number;
  readonly linesInUse: number;
  readonly dueLagMs: number;
  /** The outage's caller numbers that rest. */
  readonly resting: readonly RestingCaller[];
  /** Errors of single steps. The other steps ran all the same; the failed ones run again at the next tick. */
  readonly problems: readonly unknown[];
};

/**
 * One tick of the timer: begins outages, checks calls whose lease has ended, gives away free lines, and ends outages.
 * All leases are checked before any line is given away: a line is given away only if it has no holder, or one that has no
 * call by the rows read here.
 * @param inCall knows who holds a line for a requested call.
 */
export async function tendOutages(services: Services, inCall = new InCall(services.now())): Promise<Tended[]> {
  const begunAt = services.now();
  const visits = (await services.outages.open()).map((stored) => new Visit(services, stored));
  for (const visit of visits) inCall.expect(visit.outageId);
  for (const visit of visits) await visit.attempt(() => visit.beginAndHeal(inCall));
  const pool = new LinePool(services, inCall, (problem) => visits[0]?.note(problem));
  for (const visit of visits) await visit.attempt(() => visit.callAndFinish(pool));
  if (inCall.isAwaited) await pool.survey();
  if (isFoldingDue(begunAt, services.now())) for (const visit of visits) await visit.foldCounts();
  return visits.map((visit) => visit.report());
}

/** True if a minute boundary passed since the last tick. A slow tick cannot skip one. */
const isFoldingDue = (begunAt: Date, now: Date): boolean =>
  Math.floor(now.getTime() / FOLD_MS) > Math.floor((begunAt.getTime() - TICK_MS) / FOLD_MS);

class Visit {
  readonly #services: Services;
  #stored: StoredOutage;
  #isBegun = false;
  #filled: Omit<Filled, 'given'> = { started: 0, linesInUse: 0, dueLagMs: 0 };
  #healed = 0;
  readonly #problems: unknown[] = [];

  constructor(services: Services, stored: StoredOutage) {
    this.#services = services;
    this.#stored = stored;
  }

  get outageId(): string {
    return this.#stored.outage.id;
  }

  report(): Tended {
    const { id: outage, state, resting = [] } = this.#stored.outage;
    return { outage, state, resting, ...this.#filled, healed: this.#healed, problems: this.#problems };
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

  async beginAndHeal(inCall: InCall): Promise<void> {
    const outage = begun(this.#stored.outage, this.#services.now());
    if (outage.state === 'scheduled') return;
    if (!(await this.#become(outage)) || isWaitingForList(outage, this.#services.now())) return;
    this.#isBegun = true;
    await this.attempt(() => this.#heal(outage, inCall));
  }

  async callAndFinish(pool: LinePool): Promise<void> {
    if (!this.#isBegun) return;
    const now = this.#services.now();
    if (isCalledOff(this.#stored.outage, now)) return this.#callOff();
    // A paused outage stays open until it is resumed, even if everybody has an outcome: people may still be added.
    if (!isCalling(this.#stored.outage, now)) return;
    const survey = await pool.survey();
    await this.#services.lines.ensure(this.#stored.outage.callers, survey.lines);
    if (!(await this.#become(withResting(this.#stored.outage, (number) => survey.callers.get(number)?.caller)))) return;
    const { outage } = this.#stored;
    const usable = await usableLines(this.#services, outage, survey);
    const { given, ...filled } = await fillLines(this.#services, outage, usable);
    pool.take(given);
    this.#filled = filled;
    if (outage.isShrinking && roomFor(outage, (await pool.survey()).lines) >= 0) {
      return void (await this.#become({ ...outage, isShrinking: undefined }));
    }
    if (this.#filled.started > 0 || !(await this.#isListComplete(outage)) || !(await this.#isDone(outage))) return;
    if (outage.allClearFor === undefined && (await this.#isEmpty(outage))) {
      await this.#become({ ...outage, isListAwaited: true });
    } else await this.#end(outage);
  }

  /** An all-clear gets new recipients until its own outage is over. */
  async #isListComplete(outage: Outage): Promise<boolean> {
    if (isListHeld(outage, this.#services.now())) return false;
    return outage.allClearFor === undefined || isOver(await this.#services.outages.current(outage.allClearFor));
  }

  async #isEmpty(outage: Outage): Promise<boolean> {
    for (const shard of shardsOf(outage)) if (!(await this.#services.recipients.isEmpty(shard))) return false;
    return true;
  }

  /** Nobody else is called: recipients who wait get an outcome, and the outage is over when the last call has ended. */
  async #callOff(): Promise<void> {
    const { outage } = this.#stored;
    if (outage.hangUp) for (const shard of shardsOf(outage)) await this.attempt(() => this.#hangUpShard(shard));
    const begunBefore = outage.progress ?? begunProgress(outage, await this.#isDone(outage));
    const progress = await callOff(this.#services, outage, begunBefore);
    if (!isThrough(progress)) return void (await this.#become({ ...outage, progress }));
    if (await this.#isDone(outage)) {
      if (outage.allClearBy === undefined || progress.isLast) return this.#end(outage);
      // People who were in a call during this pass may have been told since: pass through the list once more.
      return void (await this.#become({ ...outage, progress: begunProgress(outage, true) }));
    }
    for (const shard of shardsOf(outage)) await this.attempt(() => this.#expireShard(shard));
    if (outage.progress?.after.join() !== progress.after.join()) await this.#become({ ...outage, progress });
  }

  /** @returns false if the outage changed meanwhile; the next tick handles it. */
  async #become(outage: Outage): Promise<boolean> {
    if (outage === this.#stored.outage) return true;
    const saved = await this.#services.outages.save(this.#stored, outage);
    this.#stored = saved ?? this.#stored;
    return saved !== undefined;
  }

  /** One request per shard, and two per 49 changes. */
  async foldCounts(): Promise<void> {
    if (isWaitingForList(this.#stored.outage, this.#services.now())) return;
    for (const shard of shardsOf(this.#stored.outage)) await this.attempt(() => this.#foldShard(shard));
  }

  /** Ends the outage once all changes are folded, because the timer skips it from then on. */
  async #end(outage: Outage): Promise<void> {
    if (isListHeld(outage, this.#services.now())) return;
    for (const shard of shardsOf(outage)) if (!(await this.#foldShard(shard))) return;
    await this.#become(ended(outage, this.#services.now()));
  }

  /** @returns false if changes are left for the next tick. */
  async #foldShard(shard: Shard): Promise<boolean> {
    for (let folds = 0; folds < this.#services.settings.batches.folds; folds++) {
      if (!(await this.#services.tallies.fold(shard))) return true;
    }
    return false;
  }

  async #isDone(outage: Outage): Promise<boolean> {
    for (const shard of shardsOf(outage)) {
      if (!(await this.#services.recipients.isDone(shard))) return false;
    }
    return true;
  }

  async #expireShard(shard: Shard): Promise<void> {
    const most = this.#services.settings.batches.dueRows;
    for (const row of await this.#services.recipients.due(shard, 'waiting', most)) {
      await this.attempt(async () => {
        const ref = refOf(shard, row);
        const stored = await this.#services.recipients.find(ref);
        // A recipient who was given a line meanwhile is no longer waiting: their attempt ends by itself.
        if (stored?.recipient.phase !== 'waiting') return;
        await this.#services.recipients.save(ref, stored, expired(stored.recipient, this.#services.now()));
      });
    }
  }

  /** Calls that are being ended come first in the list, and must not hide the others. */
  async #hangUpShard(shard: Shard): Promise<void> {
    let left = this.#services.settings.batches.dueRows;
    for (const row of await this.#services.recipients.due(shard, 'leased', Number.POSITIVE_INFINITY)) {
      if (left === 0) break;
      await this.attempt(async () => {
        const ref = refOf(shard, row);
        const stored = await this.#services.recipients.find(ref);
        const call = stored && attemptCall(this.#services, ref, stored);
        if (call && (await hangUpNow(this.#services, call))) left--;
      });
    }
  }

  /** Reads all attempts in progress, at most as many as there are lines, and checks those whose lease has ended. */
  async #heal(outage: Outage, inCall: InCall): Promise<void> {
    const read: string[] = [];
    let isComplete = true;
    for (const shard of shardsOf(outage)) {
      const rows = await this.#services.recipients.due(shard, 'leased', Number.POSITIVE_INFINITY).catch((problem) => {
        this.note(problem);
        isComplete = false;
        return [];
      });
      read.push(...rows.map((row) => holderOfAttempt(refOf(shard, row), row)));
      const expired = rows.filter(({ at }) => at <= this.#services.now());
      await this.#healRows(shard, expired.slice(0, this.#services.settings.batches.dueRows));
    }
    if (isComplete) inCall.add(outage.id, read);
  }

  async #healRows(shard: Shard, rows: readonly DueRow[]): Promise<void> {
    for (const row of rows) {
      await this.attempt(async () => {
        const ref = refOf(shard, row);
        const stored = await this.#services.recipients.find(ref);
        if (!stored || stored.recipient.dueRow !== row.rowKey) return;
        this.#healed++;
        const call = attemptCall(this.#services, ref, stored);
        if (call) await healCall(this.#services, call);
      });
    }
  }
}

const refOf = (shard: Shard, { recipientId, attempt }: DueRow): AttemptRef => ({ ...shard, recipientId, attempt });
