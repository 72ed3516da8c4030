import type { AttemptRef } from '../rules/calls/purpose.ts';
import { isCalling } from '../rules/outages/lifecycle.ts';
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

/** A due recipient who may get a line, with the shard that has their row. */
export type Candidate = { readonly shard: Shard; readonly due: DueRow };

/** Names an attempt in the `holder` column of its line. */
export const holderOf = (ref: AttemptRef): string => `${ref.outageId}|${ref.recipientId}|${ref.attempt}`;

/** Result of filling an outage's lines. `dueLagMs`: how long the recipient due longest has waited. */
export type Filled = { readonly started: number; readonly linesInUse: number; readonly dueLagMs: number };

/**
 * Gives each free line of the outage's numbers to a due recipient. Costs three requests a call, plus the query for due
 * recipients. It runs that query even if no line is free, to measure how long people wait.
 */
export async function fillLines(services: Services, outage: Outage, lines: readonly Line[]): Promise<Filled> {
  const now = services.now();
  const ours = linesOf(outage.callers, lines);
  const free = ours.filter((line) => isFree(line, now)).slice(0, roomFor(outage, lines, now));
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
  return { started: candidates.length, linesInUse: inUse + candidates.length, dueLagMs: now.getTime() - oldest };
}

/** After losing this many races for a recipient, free the line; the timer fills it. */
const TRIES = 5;

/**
 * When a call ends, gives its line to the next due recipient at once, or frees it. If the outage limits its concurrent
 * calls, this costs one more request to read the lines: the limit may have been lowered.
 */
export async function passOnLine(services: Services, outage: Outage, line: HeldLine, shard: Shard): Promise<void> {
  const shards = shardsFrom(outage, shard);
  let held: HeldLine | undefined = line;
  for (let tries = 0; held && tries < TRIES; tries++) {
    const candidates = (await mayGoOn(services, outage, line)) ? await dueNow(services, shards, 1, RIVALS) : [];
    if (candidates.length === 0) break;
    held = await giveLine(services, held, startingAt(candidates, line.lineId));
  }
  if (held) await services.lines.free(held, services.now());
}

/** True if the outage may place another call on this line. */
async function mayGoOn({ lines, now }: Services, outage: Outage, { lineId, number }: HeldLine): Promise<boolean> {
  if (!isCalling(outage, now()) || restsFor(outage, number)) return false;
  if (outage.maxConcurrentCalls === undefined) return true;
  const others = (await lines.list()).filter((line) => line.lineId !== lineId);
  return roomFor(outage, others, now()) > 0;
}

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
): Promise<HeldLine | undefined> {
  const now = services.now();
  const leaseUntil = new Date(now.getTime() + services.settings.limits.leaseMs);
  let held: HeldLine = line;
  for (const { shard, due } of candidates) {
    const ref = { ...shard, recipientId: due.recipientId, attempt: due.attempt + 1 };
    const mine = await services.lines.lease(held, holderOf(ref), lineLease(leaseUntil));
    if (!mine) return undefined;
    held = mine;
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

/** How many more concurrent calls the outage may have. */
function roomFor(outage: Outage, lines: readonly Line[], now: Date): number {
  if (outage.maxConcurrentCalls === undefined) return lines.length;
  const inUse = lines.filter((line) => !isFree(line, now) && line.holder.startsWith(`${outage.id}|`)).length;
  return Math.max(0, outage.maxConcurrentCalls - inUse);
}
