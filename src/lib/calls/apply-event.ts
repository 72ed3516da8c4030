import { StorageError } from '../base/errors.ts';
import type { CallEvent } from '../call-automation/events.ts';
import {
  bindAttempt,
  concludeAttempt,
  DEFAULT_PATIENCE_MS,
  postponeAttempt,
  recoverLine,
} from '../outages/conclude.ts';
import type { CallAction } from '../rules/calls/actions.ts';
import { OVER_LIMIT } from '../rules/calls/endings.ts';
import { type CallLeg, isOver, newCallLeg } from '../rules/calls/leg.ts';
import { type CallPurpose, leaving } from '../rules/calls/purpose.ts';
import { announcement, soundOf } from '../rules/calls/script.ts';
import { type CallPlan, step } from '../rules/calls/step.ts';
import { filledIn, saysName } from '../rules/outages/wording.ts';
import { done, type Handled, type Services, superseded } from '../services/services.ts';
import { measure } from '../telemetry/metrics.ts';
import { bindRequest, endRequest, postponeRequest } from './requested-calls.ts';

/** Events of one call come close together; that often in a row means that something is wrong. */
const TRIES = 10;

/**
 * One event, whatever it is and however often it comes: recorded with what it made of the leg, then its actions are put
 * on their queues, then, if the call is over, its end is made known. Delivered again it does the last two again, so that
 * what a crash lost in between is made good.
 */
export async function applyCallEvent(services: Services, purpose: CallPurpose, event: CallEvent): Promise<Handled> {
  const callLegId = event.data.callLegId;
  if (callLegId === undefined) {
    await services.legs.keep(nameOf(purpose), event, services.now());
    return done('kept; it names no call leg');
  }
  const { before, leg, actions, isNew, isNews } = await record(services, purpose, callLegId, event);
  for (const { queue, message, delaySeconds } of actions) await services.queues.send(queue, message, delaySeconds);
  if (isNew) count(before, leg);
  if (isOver(leg) && isNews) await concludeCall(services, leg);
  if (isOver(leg) && !isNew && purpose.kind === 'attempt') await recoverLine(services, purpose);
  return isNew ? done(describe(leg)) : superseded('the event was recorded before');
}

/** Where an event is kept that says nothing of its leg: with what its call is for. */
function nameOf(purpose: CallPurpose): string {
  if (purpose.kind === 'request') return `request ${purpose.requestId}`;
  return `attempt ${purpose.outageId} ${purpose.recipientId} ${purpose.attempt}`;
}

function describe({ state, stage, outcome, reason, purpose }: CallLeg): string {
  const whose = purpose.kind === 'attempt' ? `${purpose.outageId}, attempt ${purpose.attempt}` : purpose.requestId;
  return [`${state}, ${stage}`, outcome, reason, `of ${whose}`].filter((part) => part !== undefined).join(', ');
}

/** Nearly always there is no leg yet, and if there is, the commit says so: it is not worth a request to look. */
const isUsuallyFirst = (event: CallEvent): boolean =>
  event.type === 'CallLegStateChanged' && event.data.callState === 'establishing';

/** Each step of a call is counted once, with the event that is new. */
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
  /** False if the leg was over before and this tells nothing better of it. */
  readonly isNews: boolean;
};

async function record(
  services: Services,
  purpose: CallPurpose,
  callLegId: string,
  event: CallEvent,
): Promise<Recorded> {
  const plan = await planFor(services, purpose);
  for (let tries = 0; tries < TRIES; tries++) {
    const now = services.now();
    const stored = tries === 0 && isUsuallyFirst(event) ? undefined : await services.legs.find(callLegId);
    if (!stored) await bindLeg(services, purpose, callLegId);
    const before = stored?.leg ?? newCallLeg(callLegId, purpose, now);
    const { leg, actions } = step(before, event, plan, now);
    if (await services.legs.record(stored, event, leg, actions, now)) {
      return { before, leg, actions, isNew: true, isNews: !isOver(before) || isBetter(leg, before) };
    }
    const recorded = await services.legs.actionsOf(callLegId, event);
    if (recorded) return { before, leg: before, actions: recorded, isNew: false, isNews: true };
  }
  throw new StorageError('An event could not be recorded: the call leg keeps changing');
}

const isBetter = (after: CallLeg, before: CallLeg): boolean =>
  after.outcome !== before.outcome || after.optOut !== before.optOut;

async function planFor({ outages, recipients, requests }: Services, purpose: CallPurpose): Promise<CallPlan> {
  if (purpose.kind === 'attempt') {
    const { script, title, estimate } = await outages.recent(purpose.outageId);
    const name = saysName(script) ? (await recipients.find(purpose))?.recipient.name : undefined;
    return { script: filledIn(script, { title, estimate, name }) };
  }
  const stored = await requests.find(purpose.requestId);
  const sound = stored && soundOf(stored.request.message);
  return { script: sound === undefined ? undefined : announcement(sound) };
}

/** Where the answer to createCall was lost, the first event tells which call it was. */
async function bindLeg(services: Services, purpose: CallPurpose, callLegId: string): Promise<void> {
  const isLookedAfter =
    purpose.kind === 'request'
      ? await bindRequest(services, purpose.requestId, callLegId)
      : await bindAttempt(services, purpose, callLegId);
  if (isLookedAfter) return;
  // It was given up, so no lease will ever look into it. Its script goes on, but not for longer than any call may last.
  const { maxCallMs } = services.settings.limits;
  const message = { callLegId, ...leaving(purpose), operationContext: 'given-up' };
  await services.queues.send('hang-up', message, maxCallMs / 1000);
}

async function concludeCall(services: Services, leg: CallLeg): Promise<void> {
  const { purpose, callLegId, reason, optOut } = leg;
  const isOverLimit = reason === OVER_LIMIT;
  const later = new Date(services.now().getTime() + DEFAULT_PATIENCE_MS);
  if (purpose.kind === 'request') {
    const { requestId } = purpose;
    return isOverLimit ? postponeRequest(services, requestId, callLegId, later) : endRequest(services, requestId);
  }
  if (isOverLimit) return postponeAttempt(services, purpose, later, callLegId);
  return concludeAttempt(services, purpose, { outcome: leg.outcome ?? 'unknown', reason, callLegId, optOut });
}
