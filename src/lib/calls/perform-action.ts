import { CallAutomationError } from '../call-automation/errors.ts';
import type { RequestIdentity } from '../call-automation/port.ts';
import { done, type Handled, type Services, superseded } from '../services.ts';
import { isOver } from './leg.ts';
import { isOvertaken } from './step.ts';

/** An action as asked for by a queue message. `address` is the call leg's id, or the conversation's. */
export type Asked = {
  readonly address: string;
  readonly operationContext: string;
  readonly action: string;
  /** The action is to end the call: a service that knows of no such call has nothing left to do. */
  readonly endsCall?: boolean;
  /** It is right for one moment of the call, which may have passed by now. */
  readonly onlyIfAwaited?: boolean | undefined;
};

/**
 * Asks the service for an action once: claimed as a row in the leg's partition first, so that a redelivered message does
 * nothing. What the service refused is asked for again, unless the call is over or has moved on: then the reason is kept.
 */
export async function performAction(
  services: Services,
  asked: Asked,
  ask: (as: RequestIdentity) => Promise<unknown>,
): Promise<Handled> {
  const { address, operationContext, action } = asked;
  if (asked.onlyIfAwaited && (await services.legs.find(address))?.leg.awaits !== operationContext) {
    return superseded(`${operationContext}: the call waits for something else`);
  }
  if (!(await services.legs.claimAction(address, operationContext, action, services.now()))) {
    return superseded(`${operationContext} was asked for before`);
  }
  try {
    await ask({ identity: `action ${address} ${operationContext}`, firstAskedAt: services.now() });
    return done(operationContext);
  } catch (error) {
    const reason = await whyObsolete(services, asked, error);
    if (reason === undefined) {
      await services.legs.releaseAction(address, operationContext);
      throw error;
    }
    await services.legs.supersedeAction(address, operationContext, reason);
    return superseded(`${operationContext}: ${reason}`);
  }
}

/** The statuses by which the service says that there is no such call, or that an action does not fit its state. */
const MISFITS: ReadonlySet<number> = new Set([400, 404]);

async function whyObsolete(services: Services, asked: Asked, error: unknown): Promise<string | undefined> {
  if (!(error instanceof CallAutomationError) || !MISFITS.has(error.status)) return undefined;
  if (asked.endsCall) return `there is no call to end (${error.code})`;
  const leg = (await services.legs.find(asked.address))?.leg;
  if (leg && isOver(leg)) return `the call is over (${error.code})`;
  if (leg && isOvertaken(leg, asked.operationContext)) return `the call has moved on (${error.code})`;
  return undefined;
}
