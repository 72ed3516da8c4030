import type { AttemptRef } from '../calls/purpose.ts';
import type { Services } from '../services.ts';
import type { StoredOutage } from '../storage/outages.ts';
import type { DueRow, StoredRecipient } from '../storage/recipients.ts';
import { expired, leaseExtended } from './attempts.ts';
import { concludeAttempt } from './conclude.ts';
import { fillLines, holderOf, lineLease } from './dispatcher.ts';
import { onLeaseEnded } from './leases.ts';
import { begun, hasExpired, type Outage } from './outage.ts';

/** How many rows of each kind one look takes up a shard; the rest has its turn at the next. */
const BATCH = 100;

/** What a look at the outages came to, for the log. */
export type Tended = {
  readonly outage: string;
  readonly started: number;
  readonly healed: number;
  readonly state: string;
  /** What went wrong; the others were looked after all the same, and this one is again at the next tick. */
  readonly problem?: unknown;
};

/** The timer's work: begin what is to begin, look into what has gone quiet, use the free lines, end what has ended. */
export async function tendOutages(services: Services): Promise<Tended[]> {
  const open = (await services.outages.list()).filter(({ outage }) => outage.state !== 'finished');
  const tended: Tended[] = [];
  for (const stored of open) {
    const { id, state } = stored.outage;
    tended.push(
      await tendOutage(services, stored).catch((problem) => ({ outage: id, started: 0, healed: 0, state, problem })),
    );
  }
  return tended;
}

async function tendOutage(services: Services, stored: StoredOutage): Promise<Tended> {
  const now = services.now();
  const outage = begun(stored.outage, now);
  const nothing = { outage: outage.id, started: 0, healed: 0, state: outage.state };
  if (outage.state !== 'running') return nothing;
  const running = outage === stored.outage ? stored : await services.outages.save(stored, outage);
  if (!running) return nothing;

  const healed = await healLeases(services, outage);
  if (hasExpired(outage, now)) await expireWaiting(services, outage);
  const lines = await services.lines.list();
  await services.lines.ensure(outage.callers, lines);
  const started = hasExpired(outage, now) ? 0 : await fillLines(services, outage, lines);
  const isFinished = started === 0 && healed === 0 && (await nobodyIsDue(services, outage));
  if (isFinished) {
    await services.outages.save(running, { ...outage, state: 'finished', finishedAt: now.toISOString() });
  }
  return { outage: outage.id, started, healed, state: isFinished ? 'finished' : outage.state };
}

const shardsOf = ({ shards }: Outage): number[] => [...Array(shards).keys()];

/** An outage without a due row has nobody left without an outcome: that is what due rows are for. */
async function nobodyIsDue(services: Services, outage: Outage): Promise<boolean> {
  for (const shard of shardsOf(outage)) {
    for (const kind of ['waiting', 'leased'] as const) {
      if ((await services.recipients.due(outage.id, shard, kind, 1)).length > 0) return false;
    }
  }
  return true;
}

async function expireWaiting(services: Services, outage: Outage): Promise<void> {
  for (const shard of shardsOf(outage)) {
    for (const row of await services.recipients.due(outage.id, shard, 'waiting', BATCH)) {
      const ref = refOf(outage, shard, row);
      const stored = await services.recipients.find(ref);
      // Whoever was given a line meanwhile is no longer waiting, and keeps the due row of the attempt.
      if (stored?.recipient.phase === 'waiting') {
        await services.recipients.save(ref, stored, expired(stored.recipient, services.now()));
      }
    }
  }
}

async function healLeases(services: Services, outage: Outage): Promise<number> {
  let healed = 0;
  for (const shard of shardsOf(outage)) {
    const rows = await services.recipients.due(outage.id, shard, 'leased', BATCH);
    for (const row of rows.filter(({ at }) => at <= services.now())) {
      const ref = refOf(outage, shard, row);
      const stored = await services.recipients.find(ref);
      if (!stored || stored.recipient.dueRow !== row.rowKey) continue;
      await heal(services, ref, stored);
      healed++;
    }
  }
  return healed;
}

const refOf = (outage: Outage, shard: number, { recipientId, attempt }: DueRow): AttemptRef => ({
  outageId: outage.id,
  shard,
  recipientId,
  attempt,
});

/** The lease of an attempt has ended before the attempt did. See leases.ts for what is decided, and why. */
async function heal(services: Services, ref: AttemptRef, stored: StoredRecipient): Promise<void> {
  const { recipient } = stored;
  const leg = recipient.callLegId ? (await services.legs.find(recipient.callLegId))?.leg : undefined;
  const verdict = onLeaseEnded(recipient, leg, services.now(), services.settings.limits);
  switch (verdict.kind) {
    case 'conclude':
      return concludeAttempt(services, ref, { ...verdict, callLegId: recipient.callLegId });
    case 'wait':
      await extend(services, ref, stored);
      return;
    case 'startAgain':
      if (await extend(services, ref, stored)) await services.queues.send('start-call', ref);
      return;
    case 'hangUp': {
      const ending = { ...stored, recipient: { ...recipient, isEnding: true } };
      if ((await extend(services, ref, ending)) && recipient.callLegId) {
        await services.queues.send('hang-up', { callLegId: recipient.callLegId, operationContext: 'lease-ended' });
      }
    }
  }
}

/** The line's lease is lengthened with the attempt's, and first, so that the line is never free while the call may live. */
async function extend(services: Services, ref: AttemptRef, stored: StoredRecipient): Promise<boolean> {
  const until = new Date(services.now().getTime() + services.settings.limits.leaseMs);
  const { line } = stored.recipient;
  const held = line && (await services.lines.lease(line, holderOf(ref), lineLease(until)));
  const moved = leaseExtended({ ...stored.recipient, line: held ?? line }, until);
  return (await services.recipients.save(ref, stored, moved)) !== undefined;
}
