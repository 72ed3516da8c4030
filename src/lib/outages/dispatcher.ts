import type { AttemptRef } from '../rules/calls/purpose.ts';
import { attemptHolder } from '../rules/outages/line-holder.ts';
import type { Shard } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { type LeftLine, unused } from '../storage/lines.ts';
import type { DueRow } from '../storage/recipients.ts';
import { currentSpan, SpanKind, traced, traceOf } from '../telemetry/traces.ts';
import { takeTurn } from './turns.ts';

/** A line's lease outlives its attempt's lease by this long (ms): the attempt is checked before the line is reused. */
export const LINE_GRACE_MS = 120_000;

/**
 * A line is leased before its holder's row is saved. After this long, ms, that row was saved or never will be: the lease
 * was not used if it took longer than `TAKING_MS`, and a save with all its tries ends within the rest.
 */
export const SETTLED_MS = 120_000;
const TAKING_MS = 30_000;

/** True if a line was asked for too long ago to be used. It must be freed. */
export const isTooLate = (leasedAt: Date, now: Date): boolean => now.getTime() - leasedAt.getTime() > TAKING_MS;

/** The end of a line's lease for an attempt whose lease ends at `leaseUntil`. */
export const lineLease = (leaseUntil: Date): Date => new Date(leaseUntil.getTime() + LINE_GRACE_MS);

/** A recipient who is due. */
export type Candidate = { readonly shard: Shard; readonly due: DueRow };

/**
 * What became of a line. `used`: a call begins on it. `left`: others have called all the candidates. `changed`: its row
 * changed since it was read. `early`: no call may start on its number soon; nothing was done.
 */
export type Giving =
  | { readonly kind: 'used' }
  | { readonly kind: 'early' }
  | { readonly kind: 'left' | 'changed'; readonly line: LeftLine };

/** The queue delays a message by whole seconds; `notBefore` says the rest. */
async function send({ queues, now }: Services, ref: AttemptRef, startAt: Date): Promise<void> {
  const ms = startAt.getTime() - now().getTime();
  if (ms <= 0) return queues.send('start-call', ref);
  await queues.send('start-call', { ...ref, notBefore: startAt.toISOString() }, Math.floor(ms / 1_000));
}

/**
 * Gives the line to the first candidate whom nobody else calls. Three requests.
 * @param reachedAt when the call on the line was placed, if it reached somebody.
 */
export async function giveLine(
  services: Services,
  line: LeftLine,
  candidates: readonly Candidate[],
  reachedAt?: string,
): Promise<Giving> {
  let held = line;
  if (candidates.length === 0) return { kind: 'left', line };
  const startAt = await takeTurn(services, line.number);
  if (!startAt) return { kind: 'early' };
  for (const { shard, due } of candidates) {
    const ref = { ...shard, recipientId: due.recipientId, attempt: due.attempt + 1 };
    const leasedAt = services.now();
    const leaseUntil = new Date(leasedAt.getTime() + services.settings.limits.leaseMs);
    const holder = attemptHolder(ref, leasedAt);
    const mine = await services.lines.lease(held, holder, lineLease(leaseUntil), leasedAt, reachedAt);
    if (!mine) return { kind: 'changed', line: held };
    held = unused(mine);
    if (isTooLate(leasedAt, services.now())) break;
    if (await services.recipients.dispatch(ref, due, mine, leaseUntil)) {
      const parent = traceOf({ kind: 'attempt', ...ref });
      // Start a new trace: each call's end starts the next call, so one trace would cover the whole list.
      await traced('dispatch', { kind: SpanKind.PRODUCER, parent, cause: currentSpan(), attributes: { ...ref } }, () =>
        send(services, ref, startAt),
      );
      return { kind: 'used' };
    }
  }
  return { kind: 'left', line: held };
}
