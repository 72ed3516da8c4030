import { attemptCall } from '../calls/attempt-owner.ts';
import { holderOfAttempt } from '../rules/outages/line-holder.ts';
import type { Shard } from '../rules/outages/shard.ts';
import type { DueRow } from '../storage/recipients.ts';
import { healCall } from './heal-call.ts';
import type { InCall } from './in-call.ts';
import { refOf, type Visit } from './visit.ts';

/** Reads all attempts in progress, at most as many as there are lines, and checks those whose lease has ended. */
export async function healAttempts(visit: Visit, inCall: InCall): Promise<void> {
  const { services } = visit;
  const read: string[] = [];
  let isComplete = true;
  for (const shard of visit.shards) {
    const rows = await services.recipients.due(shard, 'leased', Number.POSITIVE_INFINITY).catch((problem) => {
      visit.note(problem);
      isComplete = false;
      return [];
    });
    read.push(...rows.map((row) => holderOfAttempt(refOf(shard, row), row)));
    const expired = rows.filter(({ at }) => at <= services.now());
    await healRows(visit, shard, expired.slice(0, services.settings.batches.dueRows));
  }
  if (isComplete) inCall.add(visit.outage.id, read);
}

async function healRows(visit: Visit, shard: Shard, rows: readonly DueRow[]): Promise<void> {
  const { services } = visit;
  for (const row of rows) {
    await visit.attempt(async () => {
      const ref = refOf(shard, row);
      const stored = await services.recipients.find(ref);
      if (!stored || stored.recipient.dueRow !== row.rowKey) return;
      visit.figures.healed++;
      const call = attemptCall(services, ref, stored);
      if (call) await healCall(services, call);
    });
  }
}
