import { eachOf } from '../base/each-of.ts';
import { callersOf } from '../outages/callers-of.ts';
import { roomFor } from '../outages/usable-lines.ts';
import { isAsleep, isCalledOff, isCalling, isWaitingForList } from '../rules/outages/lifecycle.ts';
import { begun, isEmergency } from '../rules/outages/outage.ts';
import { withResting } from '../rules/outages/resting.ts';
import { spendHoldOf } from '../rules/spending.ts';
import type { Services } from '../services/services.ts';
import type { Survey } from '../storage/lines.ts';
import { endCalledOff, endIfDone, hangUpCalls } from './finish-outage.ts';
import { healAttempts } from './heal-attempts.ts';
import { InCall } from './in-call.ts';
import { LinePool } from './line-pool.ts';
import { shareOut, type Wish, wishOf } from './share-out.ts';
import { type Tended, Visit } from './visit.ts';

/** The timer's interval, ms. */
const TICK_MS = 10_000;
/** Counts are exact before and after folding, so folding once a minute is enough. Ms. */
const FOLD_MS = 60_000;
/** Outages visited at once: thousands of open outages take seconds (`npm run scale:outages`). */
const AT_ONCE = 64;

/**
 * One tick of the timer: begins outages, checks calls whose lease has ended, shares the free lines, and ends outages.
 * All leases are checked before any line is given away: a line is given away only if it has no holder, or one that has no
 * call by the rows read here.
 * @param inCall knows who holds a line for a requested call.
 */
export async function tendOutages(services: Services, inCall = new InCall(services.now())): Promise<Tended[]> {
  const begunAt = services.now();
  const visits = (await services.outages.open()).map((stored) => new Visit(services, stored));
  const each = (some: readonly Visit[], step: (visit: Visit) => Promise<unknown>): Promise<void> =>
    eachOf(some.values(), AT_ONCE, (visit) => visit.attempt(() => step(visit)));

  for (const { outage } of visits) inCall.expect(outage.id);
  await each(visits, (visit) => beginAndHeal(visit, inCall));
  const attended = visits.filter(({ isBegun }) => isBegun);
  await each(
    attended.filter(({ outage }) => isCalledOff(outage, services.now())),
    endCalledOff,
  );
  await each(
    attended.filter(({ outage }) => outage.state === 'paused' && outage.hangUp),
    hangUpCalls,
  );
  const calling = attended.filter(({ outage }) => isCalling(outage, services.now()));
  if (calling.length > 0 || inCall.awaited.length > 0) {
    const note = (problem: unknown): void => visits[0]?.note(problem);
    const pool = new LinePool(services, inCall, note);
    const survey = await pool.survey(calling.flatMap(({ services, outage }) => callersOf(services, outage)));
    const wishes: Wish[] = [];
    await each(calling, async (visit) => {
      if (await updateObstacles(visit, survey)) wishes.push(await wishOf(visit, survey));
    });
    await shareOut(services, survey, wishes, inCall.awaited).catch(note);
    // Whoever has people to call is not done.
    const others = wishes.filter(({ visit, people }) => people.length === 0 || visit.outage.isShrinking);
    await each(
      others.map(({ visit }) => visit),
      (visit) => finish(visit, survey),
    );
  }
  if (isFoldingDue(begunAt, services.now())) {
    await each(
      visits.filter(({ outage }) => !isWaitingForList(outage, services.now())),
      (visit) => visit.foldCounts(),
    );
  }
  return visits.map((visit) => visit.report());
}

/** True if a minute boundary passed since the last tick. A slow tick cannot skip one. */
const isFoldingDue = (begunAt: Date, now: Date): boolean =>
  Math.floor(now.getTime() / FOLD_MS) > Math.floor((begunAt.getTime() - TICK_MS) / FOLD_MS);

async function beginAndHeal(visit: Visit, inCall: InCall): Promise<void> {
  const now = visit.services.now();
  const outage = begun(visit.outage, now);
  if (isAsleep(outage, now)) return;
  if (outage.state === 'scheduled') return visit.services.wake(new Date(outage.startAt ?? ''));
  if (!(await visit.become(outage)) || isWaitingForList(outage, now)) return;
  visit.isBegun = true;
  await healAttempts(visit, inCall);
}

/** Keeps with the outage what stops its calls, for the processes that pass lines on. */
function updateObstacles(visit: Visit, { callers, lines }: Survey): Promise<boolean> {
  const { settings, now } = visit.services;
  const resting = withResting(visit.outage, (number) => callers.get(number)?.caller);
  const hold = isEmergency(resting) ? undefined : spendHoldOf(lines, settings.spendLimits, now());
  const isSame = hold?.until === resting.spendHold?.until && hold?.because === resting.spendHold?.because;
  return visit.become(isSame ? resting : { ...resting, spendHold: hold });
}

// A paused outage stays open until it is resumed, even if everybody has an outcome: people may still be added.
async function finish(visit: Visit, { lines }: Survey): Promise<void> {
  const { outage, figures } = visit;
  if (outage.isShrinking && roomFor(outage, lines) >= 0) {
    await visit.become({ ...outage, isShrinking: undefined });
  } else if (figures.started === 0) await endIfDone(visit);
}
