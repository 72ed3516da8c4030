import { attemptCall } from '../calls/attempt-owner.ts';
import { begunProgress, callOff, isThrough } from '../outages/call-off.ts';
import { expired } from '../rules/outages/attempts.ts';
import { isOver } from '../rules/outages/lifecycle.ts';
import { isListHeld } from '../rules/outages/list-holds.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { hangUpNow } from './heal-call.ts';
import { refOf, type Visit } from './visit.ts';

/** Ends a running outage in which everybody has an outcome, or waits for its list if nobody is on it. */
export async function endIfDone(visit: Visit): Promise<void> {
  const { outage } = visit;
  if (!(await isListComplete(visit)) || !(await visit.isDone())) return;
  if (outage.allClearFor !== undefined || !(await visit.isEmpty())) return visit.end();
  await visit.become({ ...outage, isListAwaited: true });
}

/** An all-clear gets new recipients until its own outage is over. */
async function isListComplete({ outage, services }: Visit): Promise<boolean> {
  if (isListHeld(outage, services.now())) return false;
  return outage.allClearFor === undefined || isOver(await services.outages.current(outage.allClearFor));
}

/** Nobody else is called: recipients who wait get an outcome, and the outage is over when the last call has ended. */
export async function endCalledOff(visit: Visit): Promise<void> {
  const { outage, services } = visit;
  if (outage.hangUp) await hangUpCalls(visit);
  const progress = await callOff(services, outage, outage.progress ?? begunProgress(outage, await visit.isDone()));
  if (!isThrough(progress)) return void (await visit.become({ ...outage, progress }));
  if (await visit.isDone()) {
    if (outage.allClearBy === undefined || progress.isLast) return visit.end();
    // People who were in a call during this pass may have been told since: pass through the list once more.
    return void (await visit.become({ ...outage, progress: begunProgress(outage, true) }));
  }
  for (const shard of visit.shards) await visit.attempt(() => expireShard(visit, shard));
  if (outage.progress?.after.join() !== progress.after.join()) await visit.become({ ...outage, progress });
}

/** Hangs up the calls in progress, a bounded number at each tick. */
export async function hangUpCalls(visit: Visit): Promise<void> {
  for (const shard of visit.shards) await visit.attempt(() => hangUpShard(visit, shard));
}

async function expireShard(visit: Visit, shard: Shard): Promise<void> {
  const { recipients, settings, now } = visit.services;
  for (const row of await recipients.due(shard, 'waiting', settings.batches.dueRows)) {
    await visit.attempt(async () => {
      const ref = refOf(shard, row);
      const stored = await recipients.find(ref);
      // A recipient who was given a line meanwhile is no longer waiting: their attempt ends by itself.
      if (stored?.recipient.phase !== 'waiting') return;
      await recipients.save(ref, stored, expired(stored.recipient, now()));
    });
  }
}

/** Calls that are being ended come first in the list, and must not hide the others. */
async function hangUpShard(visit: Visit, shard: Shard): Promise<void> {
  const { services } = visit;
  let left = services.settings.batches.dueRows;
  for (const row of await services.recipients.due(shard, 'leased', Number.POSITIVE_INFINITY)) {
    if (left === 0) break;
    await visit.attempt(async () => {
      const ref = refOf(shard, row);
      const stored = await services.recipients.find(ref);
      const call = stored && attemptCall(services, ref, stored);
      if (call && (await hangUpNow(services, call))) left--;
    });
  }
}
