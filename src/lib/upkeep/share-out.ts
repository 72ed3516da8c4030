import { eachOf } from '../base/each-of.ts';
import { callersOf } from '../outages/callers-of.ts';
import { type Candidate, giveLine } from '../outages/dispatcher.ts';
import { duePeople } from '../outages/due-people.ts';
import { mostInTick } from '../outages/turns.ts';
import { roomFor, usableLines } from '../outages/usable-lines.ts';
import { nextByHand, reserveAll, sendAgain, sharedLine } from '../outages/waiting-requests.ts';
import { isResting } from '../rules/calls/breaker.ts';
import {
  type Claim,
  isByHand,
  numberIn,
  type Share,
  type SharedLine,
  shareLines,
} from '../rules/outages/fair-share.ts';
import { isSpentUp } from '../rules/outages/lifecycle.ts';
import { isEmergency } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { isFree, type Line, linesOf, type Survey } from '../storage/lines.ts';
import type { Visit } from './visit.ts';

/** An outage that wants lines, and the people for whom it does. */
export type Wish = { readonly visit: Visit; readonly claim: Claim; readonly people: readonly Candidate[] };

/** What an outage could do with lines now. One request for each shard at most, until enough people are found. */
export async function wishOf(visit: Visit, survey: Survey): Promise<Wish> {
  const { outage, services, figures } = visit;
  const now = services.now();
  const ours = linesOf(callersOf(services, outage), survey.lines);
  // Also without a free line: what is in use may be shared, and how long people wait is measured.
  const most = Math.max(1, ours.length);
  const { people, nextAt } = await duePeople(services, outage, most, most);
  figures.linesInUse = ours.filter((line) => !isFree(line, now)).length;
  figures.dueLagMs = now.getTime() - Math.min(now.getTime(), ...people.map(({ due }) => due.at.getTime()));
  const room = isSpentUp(outage, now) ? 0 : roomFor(outage, survey.lines);
  const wants = Math.max(0, Math.min(people.length, room));
  const usable = await usableLines(services, outage, survey, wants > 0);
  // A line that stays free looks again when somebody is next due.
  const free = Math.min(room, usable.filter((line) => isFree(line, now)).length);
  if (nextAt && free > people.length) services.wake(nextAt);
  const lines = new Set(usable.map(({ lineId }) => lineId));
  const claim: Claim = { claimant: outage.id, rank: isEmergency(outage) ? 'emergency' : 'outage', wants, lines };
  return { visit, claim, people };
}

/**
 * Shares the lines among the outages and the calls by hand that wait: gives the free ones to people who are due, and
 * reserves some that are in use. Three requests for a free line, one for a reservation.
 * @param awaited what each of the waiting requests waits for.
 */
export async function shareOut(
  services: Services,
  survey: Survey,
  wishes: readonly Wish[],
  awaited: readonly string[],
): Promise<void> {
  const now = services.now();
  const shared = asManyAsMayStart(
    survey.lines.map((line) => sharedLine(line, now)),
    mostInTick(services),
  );
  const claims = [...claimsByHand(services, awaited, survey), ...wishes.map(({ claim }) => claim)];
  const { given, reserved } = shareLines(shared, claims);
  const lines = new Map(survey.lines.map((line) => [line.lineId, line]));
  const linesOfShares = (shares: readonly Share[]): Line[] => shares.flatMap(({ lineId }) => lines.get(lineId) ?? []);
  const byClaimant = Map.groupBy(given, ({ claimant }) => claimant);
  await eachOf(wishes.values(), AT_ONCE, (wish) =>
    start(wish, linesOfShares(byClaimant.get(wish.claim.claimant) ?? [])),
  );
  for (const { claimant } of given.filter((share) => isByHand(share.claimant))) {
    const request = await nextByHand(services, claimant);
    if (request) await sendAgain(services, request);
  }
  await reserveAll(services, survey.lines, reserved);
}

const AT_ONCE = 16;

/** Leaves free lines of a number to the next tick if no call could start on them before. */
function asManyAsMayStart(lines: readonly SharedLine[], most: number): readonly SharedLine[] {
  if (most === Number.POSITIVE_INFINITY) return lines;
  const free = Map.groupBy(
    lines.filter(({ isFree }) => isFree),
    ({ number }) => number,
  );
  const later = new Set([...free.values()].flatMap((own) => own.slice(most)));
  return lines.map((line) => (later.has(line) ? { ...line, isFree: false } : line));
}

/** Calls the next people on these lines. */
async function start({ visit, people }: Wish, lines: readonly Line[]): Promise<void> {
  const { services, figures } = visit;
  figures.started = lines.length;
  figures.linesInUse += lines.length;
  await Promise.all(
    lines.map((line, index) =>
      visit.attempt(async () => {
        const giving = await giveLine(services, line, people.slice(index, index + 1));
        if (giving.kind === 'left') await services.lines.free(giving.line, services.now());
      }),
    ),
  );
}

/** One claim for each number that requests wait for, and one for those that wait for any. */
function claimsByHand({ settings }: Services, awaited: readonly string[], { lines, callers }: Survey): Claim[] {
  const usable = lines.filter(({ number }) => {
    const known = callers.get(number);
    return !known || !isResting(known.caller);
  });
  return [...Map.groupBy(awaited, (claimant) => claimant)].map(([claimant, requests]) => {
    const number = numberIn(claimant);
    const numbers = new Set(number === undefined ? settings.callers.map((caller) => caller.number) : [number]);
    const own = usable.filter((line) => numbers.has(line.number)).map(({ lineId }) => lineId);
    return { claimant, rank: 'byHand', wants: requests.length, lines: new Set(own) };
  });
}
