import type { AttemptRef } from '../rules/calls/purpose.ts';
import { isCalling } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { type Shard, shardsFrom, shardsOf } from '../rules/outages/shard.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf } from '../storage/lines.ts';
import type { DueRow } from '../storage/recipients.ts';
import { currentSpan, SpanKind, traced, traceOf } from '../telemetry/traces.ts';

/** A line outlives its attempt's lease by this much (ms), so that it is not given away before the attempt is looked into. */
export const LINE_GRACE_MS = 120_000;

export type Candidate = { readonly shard: Shard; readonly due: DueRow };

export const holderOf = (ref: AttemptRef): string => `${ref.outageId}|${ref.recipientId}|${ref.attempt}`;

/** What the lines of an outage came to. `dueLagMs`: how long whoever was found to be due longest has waited. */
export type Filled = { readonly started: number; readonly linesInUse: number; readonly dueLagMs: number };

/**
 * Gives every free line of the outage's numbers to somebody who is due. Three requests a call, plus the looking: also where no
 * line is free, to know how long people wait.
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

/** However often others are first, somebody is left: whoever loses that often leaves the line to the timer. */
const TRIES = 5;

/**
 * The end of a call starts the next at once: its line goes to whoever is due, or is freed. Where the outage may have fewer calls at
 * once than there are lines, a request more than giving it: what it may have could have been lowered since.
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

/** True if there may be another call in place of the one that had this line. */
async function mayGoOn({ lines, now }: Services, outage: Outage, { lineId }: HeldLine): Promise<boolean> {
  if (!isCalling(outage, now())) return false;
  if (outage.maxConcurrentCalls === undefined) return true;
  const others = (await lines.list()).filter((line) => line.lineId !== lineId);
  return roomFor(outage, others, now()) > 0;
}

/** Several lines become free at once and go for the same recipients: each begins at another of the first so many. */
const RIVALS = 32;

function startingAt(candidates: readonly Candidate[], lineId: string): Candidate[] {
  const offset = [...lineId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % Math.max(1, candidates.length);
  return [...candidates.slice(offset), ...candidates.slice(0, offset)];
}

/** @returns the line where all of these have been called by others meanwhile; undefined once it is in other hands. */
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
      // A trace of its own: one call's end starts the next call, and so on through the whole list.
      await traced('dispatch', { kind: SpanKind.PRODUCER, parent, cause: currentSpan(), attributes: { ...ref } }, () =>
        services.queues.send('start-call', ref),
      );
      return undefined;
    }
  }
  return held;
}

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

/** How many more calls the outage may have at once. */
function roomFor(outage: Outage, lines: readonly Line[], now: Date): number {
  if (outage.maxConcurrentCalls === undefined) return lines.length;
  const inUse = lines.filter((line) => !isFree(line, now) && line.holder.startsWith(`${outage.id}|`)).length;
  return Math.max(0, outage.maxConcurrentCalls - inUse);
}
