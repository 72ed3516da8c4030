import { isCalling } from '../rules/outages/lifecycle.ts';
import { attemptHolder } from '../rules/outages/line-holder.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { restsFor } from '../rules/outages/resting.ts';
import { type Shard, shardsFrom, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf } from '../storage/lines.ts';
import type { DueRow } from '../storage/recipients.ts';
import { currentSpan, SpanKind, traced, traceOf } from '../telemetry/traces.ts';

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

type Candidate = { readonly shard: Shard; readonly due: DueRow };

/**
 * Result of filling an outage's lines. `dueLagMs`: how long the recipient due longest has waited. `given`: lines that are
 * no longer free, even if another process won the race for them.
 */
export type Filled = {
  readonly started: number;
  readonly linesInUse: number;
  readonly dueLagMs: number;
  readonly given: readonly Line[];
};

/**
 * Gives each free line of the outage's numbers to a due recipient. Costs three requests a call, plus the query for due
 * recipients. It runs that query even if no line is free, to measure how long people wait.
 */
export async function fillLines(services: Services, outage: Outage, lines: readonly Line[]): Promise<Filled> {
  const now = services.now();
  const ours = linesOf(outage.callers, lines);
  const free = ours.filter((line) => isFree(line, now)).slice(0, Math.max(0, roomFor(outage, lines)));
  const due = await dueNow(services, shardsOf(outage), Math.max(1, free.length), Math.max(1, free.length));
  const candidates = due.slice(0, free.length);
  await Promise.all(
    candidates.map(async (candidate, index) => {
      const line = free[index];
      const held = line && (await giveLine(services, line, [candidate]));
      if (held) await services.lines.free(held, now);
    }),
  );
  const inUse = ours.filter((line) => !isFree(line, now)).length;
  const oldest = Math.min(now.getTime(), ...due.map((candidate) => candidate.due.at.getTime()));
  return {
    started: candidates.length,
    linesInUse: inUse + candidates.length,
    dueLagMs: now.getTime() - oldest,
    given: free.slice(0, candidates.length).map((line) => ({ ...line, holder: `${outage.id}|` })),
  };
}

/** After losing this many races for a recipient, free the line; the timer fills it. */
const TRIES = 5;

/**
 * When a call ends, gives its line to the next due recipient at once, or frees it.
 * @param reachedAt when the call was placed, if it reached somebody.
 */
export async function passOnLine(
  services: Services,
  outage: Outage,
  line: HeldLine,
  shard: Shard,
  reachedAt?: string,
): Promise<void> {
  const shards = shardsFrom(outage, shard);
  let held: HeldLine | undefined = line;
  for (let tries = 0; held && tries < TRIES; tries++) {
    const candidates = mayGoOn(outage, line, services.now()) ? await dueNow(services, shards, 1, RIVALS) : [];
    if (candidates.length === 0) break;
    held = await giveLine(services, held, startingAt(candidates, line.lineId), reachedAt);
  }
  if (held) await services.lines.free(held, services.now(), reachedAt);
}

/** True if the outage may place another call on this line. One call for another never exceeds the limit of calls at once. */
const mayGoOn = (outage: Outage, { number }: HeldLine, now: Date): boolean =>
  isCalling(outage, now) && !restsFor(outage, number) && !outage.isShrinking;

/** Lines freed at the same time compete for the same recipients, so each starts elsewhere among the first this many. */
const RIVALS = 32;

function startingAt(candidates: readonly Candidate[], lineId: string): Candidate[] {
  const offset = [...lineId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % Math.max(1, candidates.length);
  return [...candidates.slice(offset), ...candidates.slice(0, offset)];
}

/** @returns the line if others have called all the candidates; undefined if it was used or somebody else took it. */
async function giveLine(
  services: Services,
  line: HeldLine,
  candidates: readonly Candidate[],
  reachedAt?: string,
): Promise<HeldLine | undefined> {
  let held: HeldLine = line;
  for (const { shard, due } of candidates) {
    const ref = { ...shard, recipientId: due.recipientId, attempt: due.attempt + 1 };
    const leasedAt = services.now();
    const leaseUntil = new Date(leasedAt.getTime() + services.settings.limits.leaseMs);
    const mine = await services.lines.lease(
      held,
      attemptHolder(ref, leasedAt),
      lineLease(leaseUntil),
      leasedAt,
      reachedAt,
    );
    if (!mine) return undefined;
    held = mine;
    if (isTooLate(leasedAt, services.now())) return held;
    if (await services.recipients.dispatch(ref, due, held, leaseUntil)) {
      const parent = traceOf({ kind: 'attempt', ...ref });
      // Start a new trace: each call's end starts the next call, so one trace would cover the whole list.
      await traced('dispatch', { kind: SpanKind.PRODUCER, parent, cause: currentSpan(), attributes: { ...ref } }, () =>
        services.queues.send('start-call', ref),
      );
      return undefined;
    }
  }
  return held;
}

/** The end of a line's lease for an attempt whose lease ends at `leaseUntil`. */
export const lineLease = (leaseUntil: Date): Date => new Date(leaseUntil.getTime() + LINE_GRACE_MS);

/**
 * Recipients whose time has come, at most `most`. Reads one shard after the other until there are `enough`.
 */
async function dueNow(
  services: Services,
  shards: readonly Shard[],
  enough: number,
  most: number,
): Promise<Candidate[]> {
  const now = services.now();
  const found: Candidate[] = [];
  for (const shard of shards) {
    if (found.length >= enough) break;
    const rows = await services.recipients.due(shard, 'waiting', most - found.length);
    found.push(...rows.filter(({ at }) => at <= now).map((due) => ({ shard, due })));
  }
  return found;
}

/** How many more concurrent calls the outage may have; negative if it has too many. */
export function roomFor(outage: Outage, lines: readonly Line[]): number {
  if (outage.maxConcurrentCalls === undefined) return lines.length;
  const inUse = lines.filter(({ holder }) => holder.startsWith(`${outage.id}|`)).length;
  return outage.maxConcurrentCalls - inUse;
}
