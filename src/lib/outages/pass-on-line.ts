import { isByHand } from '../rules/outages/fair-share.ts';
import { isCalling, isSpentUp } from '../rules/outages/lifecycle.ts';
import type { Outage } from '../rules/outages/outage.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import { restsFor } from '../rules/outages/resting.ts';
import type { Services } from '../services/services.ts';
import type { LeftLine } from '../storage/lines.ts';
import { isLineOf } from './callers-of.ts';
import { type Candidate, giveLine } from './dispatcher.ts';
import { type DuePeople, duePeople, earliest } from './due-people.ts';
import { nextByHand, sendAgain } from './waiting-requests.ts';

/**
 * When a call ends, gives its line to the next due recipient of the outage at once, or frees it. If the timer reserved
 * the line meanwhile, those for whom it did come first.
 * @param reachedAt when the call was placed, if it reached somebody.
 */
export async function passOnLine(
  services: Services,
  outage: Outage,
  line: LeftLine,
  reachedAt?: string,
): Promise<void> {
  if (await passOn(services, [outage], line, reachedAt)) return;
  // A reservation changes the line's row, so that only a line that has one is read.
  const current = await services.lines.heldBy(line, line.holder);
  if (!current) return;
  const left = { ...current, isUnused: line.isUnused };
  const claimant = current.reservedFor || undefined;
  if (claimant !== undefined && isByHand(claimant)) {
    const request = await nextByHand(services, claimant);
    await passOn(services, request ? [] : [outage], left, reachedAt);
    return request && sendAgain(services, request);
  }
  const heir = claimant === undefined ? outage : await services.outages.recent(claimant);
  // The timer alone keeps to an outage's limit of calls at once, so it gives such an outage its lines.
  const isLimited = heir !== outage && heir.maxConcurrentCalls !== undefined;
  await passOn(services, isLimited ? [] : [heir, outage], left, reachedAt);
}

/** After losing this many races for a recipient, free the line; the timer fills it. */
const TRIES = 5;

/** @returns false if the line's row has changed since it was read; then nothing is done. */
async function passOn(
  services: Services,
  outages: readonly Outage[],
  line: LeftLine,
  reachedAt: string | undefined,
): Promise<boolean> {
  let held = line;
  let nextAt: Date | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    const next = await nextPeople(services, outages, line);
    nextAt = next.nextAt;
    if (next.people.length === 0) break;
    const giving = await giveLine(services, held, startingAt(next.people, line.lineId), reachedAt);
    if (giving.kind === 'used') return true;
    if (giving.kind === 'early') break;
    if (giving.kind === 'changed') return giving.line !== line;
    held = giving.line;
  }
  const isFree = (await services.lines.free(held, services.now(), reachedAt)) !== undefined;
  if (isFree && nextAt) services.wake(nextAt);
  return isFree || held !== line;
}

/** The next people of the first of these outages that has some. */
async function nextPeople(services: Services, outages: readonly Outage[], line: HeldLine): Promise<DuePeople> {
  const later: Date[] = [];
  for (const outage of outages) {
    if (!mayGoOn(outage, line, services.now()) || !isLineOf(services, outage, line)) continue;
    const due = await duePeople(services, outage, 1, RIVALS);
    if (due.people.length > 0) return due;
    if (due.nextAt) later.push(due.nextAt);
  }
  return { people: [], nextAt: earliest(later) };
}

/** True if the outage may place another call on this line. One call for another never exceeds the limit of calls at once. */
const mayGoOn = (outage: Outage, { number }: HeldLine, now: Date): boolean =>
  isCalling(outage, now) && !isSpentUp(outage, now) && !restsFor(outage, number) && !outage.isShrinking;

/** Lines freed at the same time compete for the same recipients, so each starts elsewhere among the first this many. */
const RIVALS = 32;

function startingAt(candidates: readonly Candidate[], lineId: string): Candidate[] {
  const offset = [...lineId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % Math.max(1, candidates.length);
  return [...candidates.slice(offset), ...candidates.slice(0, offset)];
}
