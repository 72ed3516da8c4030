import { NobodyToInviteError, StorageError, UnansweredError } from '../base/errors.ts';
import { CallAutomationError } from '../call-automation/errors.ts';
import type { Meaning } from '../call-automation/meaning.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { ENDING_MS } from '../rules/calls/leases.ts';
import { type CallLeg, isOver } from '../rules/calls/leg.ts';
import { isOvertaken, isScripted } from '../rules/calls/moves.ts';
import { done, type Handled, postponed, type Services, superseded } from '../services/services.ts';
import type { ActionRow, StoredAction } from '../storage/call-legs.ts';
import type { QueueName } from '../storage/queue-store.ts';
import { closeGivenUp, GIVEN_UP } from './close-leg.ts';

/** An action, as its queue message requests it. */
export type Asked = {
  readonly queue: QueueName;
  /** The id of the call leg or the conversation. */
  readonly address: string;
  readonly message: {
    readonly operationContext: string;
    /** The action is right for one moment of the call only, which may have passed. */
    readonly onlyIfAwaited?: boolean | undefined;
  };
};

/** Sends the request to the service; `as` is the same when the action is requested again. */
type Ask = (as: RequestIdentity) => Promise<unknown>;

const identityOf = ({ address, message }: Asked, firstAskedAt: Date): RequestIdentity => ({
  identity: `action ${address} ${message.operationContext}`,
  firstAskedAt,
});

/**
 * Longer than one request to the service can take (the clients give up after a minute), ms. An older claim whose action
 * is not recorded as done was left behind by a process that died.
 */
const CLAIM_MS = 90_000;

/**
 * Requests an action from the service once. Claims it first as a row in the leg's partition, and records it as done
 * afterwards, so that a redelivered message does nothing. A refused action is requested again, unless the call is over
 * or has moved on; then the reason is recorded.
 */
export async function performAction(services: Services, asked: Asked, ask: Ask): Promise<Handled> {
  const { operationContext, onlyIfAwaited } = asked.message;
  const needsClaim = asked.queue !== 'hang-up';
  if (onlyIfAwaited && (await findLeg(services, asked))?.awaits !== operationContext) {
    return needsClaim ? comeTooLate(services, asked) : superseded(`${operationContext}: ${OVERTAKEN}`);
  }
  return needsClaim ? askOnce(services, asked, ask) : endCall(services, asked, ask);
}

const OVERTAKEN = 'the call waits for something else';

async function askOnce(services: Services, asked: Asked, ask: Ask): Promise<Handled> {
  const { address, queue, message } = asked;
  const { operationContext } = message;
  let firstAskedAt = services.now();
  if (!(await services.legs.claimAction(address, operationContext, queue, firstAskedAt))) {
    const claim = await services.legs.findAction(address, operationContext);
    const handled = await takeOver(services, asked, claim);
    if (handled) return handled;
    if (claim) firstAskedAt = new Date(claim.action.at);
  }
  try {
    await ask(identityOf(asked, firstAskedAt));
  } catch (error) {
    const reason = await whyObsolete(services, asked, error);
    if (reason === undefined) {
      await services.legs.releaseAction(address, operationContext);
      throw error;
    }
    return supersede(services, asked, reason);
  }
  return message.onlyIfAwaited ? done(operationContext) : record(services, asked);
}

/**
 * Records the action as done. If that fails, the message still counts as handled: the action must not be requested
 * again. An action that runs only while the call waits for it needs no record, because it is safe to repeat.
 */
async function record({ legs }: Services, { address, message: { operationContext } }: Asked): Promise<Handled> {
  try {
    await legs.settleAction(address, operationContext, { status: 'done' });
    return done(operationContext);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return done(`${operationContext}, but this could not be recorded: ${error.message}`);
  }
}

/**
 * Another process has claimed the action. If the claim is too old for that process to be alive, and the call still
 * waits for the action, this one takes it over: the callee hears silence.
 * @returns how the message was handled; undefined if the claim was taken over.
 * @throws UnansweredError if nobody can tell whether the action was done: a person must check.
 */
async function takeOver(
  services: Services,
  asked: Asked,
  claim: StoredAction | undefined,
): Promise<Handled | undefined> {
  const { operationContext } = asked.message;
  // The claim was released a moment ago.
  if (!claim) return lookAgain(services, asked, 0);
  const { status, at } = claim.action;
  if (status !== 'asked') return superseded(`${operationContext} was requested before`);
  const wait = Date.parse(at) + CLAIM_MS - services.now().getTime();
  if (wait > 0) return lookAgain(services, asked, Math.ceil(wait / 1000));
  if (await services.legs.isReported(asked.address, operationContext)) {
    await services.legs.settleAction(asked.address, operationContext, { status: 'done' });
    return superseded(`${operationContext} was done: an event reports it`);
  }
  const leg = await findLeg(services, asked);
  if (!leg || !isScripted(operationContext)) throw unanswered(asked);
  if (leg.awaits !== operationContext) return supersede(services, asked, OVERTAKEN);
  const isMine = await services.legs.reclaimAction(asked.address, claim, services.now());
  return isMine ? undefined : superseded(`another copy of ${operationContext} was first`);
}

/** The call no longer waits for the action. If it was claimed and never done, that is recorded. */
async function comeTooLate(services: Services, asked: Asked): Promise<Handled> {
  const claim = await services.legs.findAction(asked.address, asked.message.operationContext);
  const handled = claim?.action.status === 'asked' ? await takeOver(services, asked, claim) : undefined;
  return handled ?? superseded(`${asked.message.operationContext}: ${OVERTAKEN}`);
}

async function lookAgain(services: Services, { queue, message }: Asked, seconds: number): Promise<Handled> {
  await services.queues.send(queue, message, seconds);
  return postponed(`${message.operationContext} is in progress elsewhere; checked again in ${seconds} s`);
}

const unanswered = ({ address, queue, message }: Asked): UnansweredError =>
  new UnansweredError(
    `The ${queue} ${message.operationContext} of ${address} may have been asked of the service, by a process that died. ` +
      'See whether it was done before you enqueue it again, with another operationContext',
  );

/**
 * Ending a call twice is ending it once, so a hang-up needs no claim. A hang-up of the script is recorded with its
 * event. Others are recorded here, and so is the answer that there is no such call: by it the timer knows that a call
 * is over.
 */
async function endCall(services: Services, asked: Asked, ask: Ask): Promise<Handled> {
  const { address, queue, message } = asked;
  const { operationContext } = message;
  const keep = (outcome: Pick<ActionRow, 'status' | 'reason'>): Promise<void> =>
    services.legs.keepAction(address, {
      operationContext,
      action: queue,
      at: services.now().toISOString(),
      ...outcome,
    });
  try {
    await ask(identityOf(asked, services.now()));
  } catch (error) {
    if (!(error instanceof CallAutomationError)) throw error;
    if (error.means !== 'over') {
      const leg = await findLeg(services, asked);
      if (leg && isOver(leg)) return superseded(`${operationContext}: the call is over (${error.code})`);
      throw error;
    }
    const reason = `there is no call to end (${error.code})`;
    await keep({ status: 'superseded', reason });
    if (operationContext === GIVEN_UP) await closeGivenUp(services, address);
    return superseded(`${operationContext}: ${reason}`);
  }
  if (!isScripted(operationContext)) await keep({ status: 'done' });
  // The event of its end may be lost: look again.
  if (operationContext === GIVEN_UP) await services.queues.send(queue, message, ENDING_MS / 1000);
  return done(operationContext);
}

/** Refusals that the end of the call, or its next step, may explain. */
const MISFITS: ReadonlySet<Meaning> = new Set(['over', 'notNow', 'ours']);

async function whyObsolete(services: Services, asked: Asked, error: unknown): Promise<string | undefined> {
  if (error instanceof NobodyToInviteError) return error.message;
  if (!(error instanceof CallAutomationError && MISFITS.has(error.means))) return undefined;
  const leg = await findLeg(services, asked);
  if (leg && isOver(leg)) return `the call is over (${error.code})`;
  if (leg && isOvertaken(leg, asked.message.operationContext)) return `the call has moved on (${error.code})`;
  return undefined;
}

async function supersede(services: Services, { address, message }: Asked, reason: string): Promise<Handled> {
  await services.legs.settleAction(address, message.operationContext, { status: 'superseded', reason });
  return superseded(`${message.operationContext}: ${reason}`);
}

const findLeg = async ({ legs }: Services, { address }: Asked): Promise<CallLeg | undefined> =>
  (await legs.find(address))?.leg;
