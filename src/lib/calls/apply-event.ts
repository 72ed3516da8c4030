import { UnauthorizedError } from '../base/errors.ts';
import type { CallEvent } from '../call-automation/events.ts';
import { noteReached } from '../outages/caller-standing.ts';
import { optOutCallee } from '../outages/opt-out-callee.ts';
import type { CallAction } from '../rules/calls/actions.ts';
import { type CallLeg, isOver, newCallLeg } from '../rules/calls/leg.ts';
import { type CallPurpose, leaving } from '../rules/calls/purpose.ts';
import { announcement, soundOf } from '../rules/calls/script.ts';
import { type CallPlan, isUnprovenEnd, step } from '../rules/calls/step.ts';
import { filledIn, saysName } from '../rules/outages/wording.ts';
import { done, type Handled, type Services, superseded } from '../services/services.ts';
import { untilSaved } from '../storage/until-saved.ts';
import { measure } from '../telemetry/metrics.ts';
import { GIVEN_UP } from './close-leg.ts';
import { concludeCall, ownerOf } from './conclude-call.ts';
import { freeOperatorLines } from './operator-lines.ts';

/**
 * Handles one event, in any order and however often it is delivered: records it with the new state of the leg, enqueues
 * its actions, and if the call is over, tells its owner. A redelivered event repeats the last two, which repairs a
 * crash in between.
 * @param purpose what the token is for. A call whose id was not known yet is bound to it.
 * @throws UnauthorizedError if the call leg is known to be of another purpose; then nothing changes.
 */
export async function applyCallEvent(services: Services, purpose: CallPurpose, event: CallEvent): Promise<Handled> {
  const callLegId = event.data.callLegId;
  if (callLegId === undefined) {
    await services.legs.keep(nameOf(purpose), event, services.now());
    return done('kept; it names no call leg');
  }
  const recorded = await record(services, purpose, callLegId, event);
  if (recorded === 'nobody') return superseded('nothing is kept of this person any more');
  if (recorded === 'foreign') return reportedElsewhere(services, purpose, event);
  const { before, leg, actions, isNew, isNews } = recorded;
  for (const { queue, message, delaySeconds } of actions) await services.queues.send(queue, message, delaySeconds);
  if (isNew) count(before, leg);
  if (leg.answered && !before.answered) await endRest(services, leg);
  if (leg.optOut && !(isNew && before.optOut)) await storeOptOut(services, leg);
  const note = isOver(leg) && isNews ? await concludeCall(services, leg) : undefined;
  if (isOver(leg) && mayHaveOperators(leg)) await freeOperatorLines(services, purpose);
  return isNew ? done([describe(leg), note].filter(Boolean).join('; ')) : superseded('the event was recorded before');
}

/** Whom somebody invited to a call by hand is not on its leg. */
const mayHaveOperators = ({ invitation, purpose }: CallLeg): boolean =>
  invitation !== undefined || purpose.kind === 'request';

/**
 * The event is of a call leg that is not the token's. Only an errand in a conversation may report one: the leg through
 * which the service did it. Then the event is kept, and that leg does not change.
 */
async function reportedElsewhere(services: Services, purpose: CallPurpose, event: CallEvent): Promise<Handled> {
  if (purpose.kind !== 'request' || purpose.as !== 'errand')
    throw new UnauthorizedError('The token is that of another call');
  await services.legs.keep(nameOf(purpose), event, services.now());
  return done('kept; the call leg is not of this errand');
}

/** Somebody answered: if the number that called them rests, that ends. Costs requests only while a number of the outage rests. */
async function endRest(services: Services, { purpose, callLegId }: CallLeg): Promise<void> {
  if (purpose.kind !== 'attempt' || !(await services.outages.recent(purpose.outageId)).resting) return;
  const placed = await ownerOf(services, purpose).placed(callLegId);
  if (placed?.number !== undefined) await noteReached(services, placed.number, placed.placedAt);
}

/** Stored with the event of the key, because another outage may dial before this call ends. */
async function storeOptOut(services: Services, { purpose }: CallLeg): Promise<void> {
  if (purpose.kind === 'attempt') await optOutCallee(services, purpose);
}

/** What the call is for, in words. Also the partition of its events that name no call leg, or another one's. */
function nameOf(purpose: CallPurpose): string {
  if (purpose.kind === 'request') return `request ${purpose.requestId}`;
  return `attempt ${purpose.outageId} ${purpose.recipientId} ${purpose.attempt}`;
}

function describe({ state, stage, outcome, reason, purpose }: CallLeg): string {
  const whose = purpose.kind === 'attempt' ? `${purpose.outageId}, attempt ${purpose.attempt}` : purpose.requestId;
  return [`${state}, ${stage}`, outcome, reason, `of ${whose}`].filter((part) => part !== undefined).join(', ');
}

/**
 * Nearly always the first event of a leg. If it is not, the commit conflicts, so a read beforehand is not worth a
 * request.
 */
const isUsuallyFirst = (event: CallEvent): boolean =>
  event.type === 'CallLegStateChanged' && event.data.callState === 'establishing';

/** Counts each step of a call once, when its event is new. */
function count(before: CallLeg, { answered, purpose, ...leg }: CallLeg): void {
  const outageId = purpose.kind === 'attempt' ? purpose.outageId : undefined;
  if (answered && !before.answered) measure.callAnswered(outageId);
  if (leg.stage === 'ended' && before.stage !== 'ended') measure.callEnded(outageId, leg.outcome ?? 'unknown');
}

type Recorded = {
  readonly before: CallLeg;
  readonly leg: CallLeg;
  readonly actions: readonly CallAction[];
  readonly isNew: boolean;
  /** False if the leg was over before and the event does not improve its outcome. */
  readonly isNews: boolean;
};

async function record(
  services: Services,
  purpose: CallPurpose,
  callLegId: string,
  event: CallEvent,
): Promise<Recorded | 'nobody' | 'foreign'> {
  const plan = await planFor(services, purpose);
  return untilSaved('A call event', async (tries): Promise<Recorded | 'nobody' | 'foreign' | undefined> => {
    const now = services.now();
    const { hint, stored } = await knownLeg(services, callLegId, event, tries);
    if (stored && nameOf(stored.leg.purpose) !== nameOf(purpose)) return 'foreign';
    const isKept = stored ?? (await bindLeg(services, purpose, callLegId));
    if (!isKept) return 'nobody';
    const before = stored?.leg ?? newCallLeg(callLegId, purpose, now);
    const { reportsAudioStart } = services.calls;
    const isAudioAccepted = await wasAudioAccepted(services, before, event);
    const { leg, actions } = step(before, event, { ...plan, reportsAudioStart, isAudioAccepted }, now);
    if (await services.legs.record(stored, event, leg, actions, now)) {
      return { before, leg, actions, isNew: true, isNews: !isOver(before) || isBetter(leg, before) };
    }
    // The leg may have changed elsewhere: read it.
    if (hint) return undefined;
    const known = await services.legs.actionsOf(callLegId, event);
    return known && { before, leg: before, actions: known, isNew: false, isNews: true };
  });
}

/** The leg before the event: the first time without a request, if this instance knows it or it is new. */
async function knownLeg({ legs }: Services, callLegId: string, event: CallEvent, tries: number) {
  if (tries > 1) return { hint: undefined, stored: await legs.find(callLegId) };
  const hint = legs.hint(callLegId);
  return { hint, stored: hint ?? (isUsuallyFirst(event) ? undefined : await legs.find(callLegId)) };
}

/** Only a service that reports no start of audio leaves this open, for a callee who hung up while the first audio played. */
async function wasAudioAccepted({ calls, legs }: Services, leg: CallLeg, event: CallEvent): Promise<boolean> {
  if (calls.reportsAudioStart || !isUnprovenEnd(leg, event) || leg.audio === undefined) return false;
  return (await legs.findAction(leg.callLegId, leg.audio))?.action.status === 'done';
}

const isBetter = (after: CallLeg, before: CallLeg): boolean =>
  after.outcome !== before.outcome || after.optOut !== before.optOut;

async function planFor({ ids, outages, recipients, requests }: Services, purpose: CallPurpose): Promise<CallPlan> {
  if (purpose.kind === 'attempt') {
    const outage = await outages.recent(purpose.outageId);
    const { script, title, estimate } = outage;
    const name = saysName(script) ? (await recipients.find(purpose))?.recipient.name : undefined;
    return {
      script: filledIn(script, { title, estimate, name }),
      isCallee: (who) => ids.recipientIdOf(outage, who) === purpose.recipientId,
    };
  }
  const stored = await requests.find(purpose.requestId);
  const sound = stored && soundOf(stored.request.message);
  return { script: sound === undefined ? undefined : announcement(sound) };
}

/**
 * If the answer to createCall was lost, the first event tells the id of the call leg.
 * @returns false if the person was erased: nothing of a late event may be kept.
 */
async function bindLeg(services: Services, purpose: CallPurpose, callLegId: string): Promise<boolean> {
  if (await ownerOf(services, purpose).bind(callLegId)) return true;
  if (purpose.kind === 'attempt' && !(await services.recipients.find(purpose))) return false;
  await services.strays.note(callLegId, services.now());
  // No lease covers a call that was given up. Its script runs, but not for longer than any call may last.
  const { maxCallMs } = services.settings.limits;
  const message = { callLegId, ...leaving(purpose), operationContext: GIVEN_UP };
  await services.queues.send('hang-up', message, maxCallMs / 1000);
  return true;
}
