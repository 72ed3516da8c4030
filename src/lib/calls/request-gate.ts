import { InvalidInputError } from '../base/errors.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import { takeTurn } from '../outages/turns.ts';
import type { StartRequestedCall } from '../rules/calls/actions.ts';
import { memberOf } from '../rules/must-be-callable.ts';
import { byHand } from '../rules/outages/fair-share.ts';
import type { HeldLine } from '../rules/outages/recipient.ts';
import type { Services } from '../services/services.ts';
import type { CallRequest } from '../storage/call-requests.ts';
import { unused } from '../storage/lines.ts';
import { type Delay, pass, problemsOfCaller, type Refusal, refusalOf } from './gate.ts';
import { takeLine } from './request-lines.ts';
import { needsLine, REQUEST_PATIENCE_MS } from './request-owner.ts';

/** Why a call by hand is not placed now. `until`: it is placed then. `waitsFor`: the line that it waits for. */
export type Obstacle = { readonly why: string; readonly until?: Date; readonly waitsFor?: string };

/** What a call by hand has to fulfil. Each method throws InvalidInputError if a person must see the reason. */
export type Terms = {
  /** The number to show, E.164; any of ours if undefined. */
  readonly callerNumber?: string | undefined;
  /** Why the call must never be placed. */
  refusal(): Promise<Obstacle | undefined>;
  /** Why the call must not be placed now. If it may, it counts. */
  obstacle(): Promise<Obstacle | undefined>;
};

/** To join a call, nobody is called. */
export const NO_TERMS: Terms = { refusal: async () => undefined, obstacle: async () => undefined };

const NOT_PLACED = 'The call cannot be placed';

/** The gate (gate.ts) for the targets of a call by hand. */
export function termsOf(services: Services, message: StartRequestedCall & { readonly requestId: string }): Terms {
  const { targets, callerNumber, requestId } = message;
  const name = `request|${requestId}`;
  return {
    callerNumber,
    refusal: () => obstacleTo(targets, (target) => refusalOf(services, target)),
    obstacle: () => obstacleTo(targets, (target) => pass(services, target, { name })),
  };
}

/** Nobody waits for a day: a call that is held back for longer than a moment is refused. */
async function obstacleTo(
  targets: StartRequestedCall['targets'],
  look: (target: Identifier) => Promise<Refusal | Delay | undefined>,
): Promise<Obstacle | undefined> {
  const problems: string[] = [];
  let obstacle: Obstacle | undefined;
  for (const [index, target] of targets.entries()) {
    const found = await look(target);
    if (found?.kind === 'refused' && found.outcome === 'optedOut') return { why: 'the person has opted out' };
    if (found?.kind === 'heldBack' && found.heldBack.because === 'tooSoon') {
      obstacle = { why: `a later time: the person ${found.why}`, until: new Date(found.heldBack.until) };
    } else if (found) problems.push(`targets.${index}.${memberOf(target)}: ${found.why}`);
  }
  if (problems.length > 0) throw new InvalidInputError(NOT_PLACED, problems);
  return obstacle;
}

/** Ready to be placed, on a line if it needs one, or not. */
export type Admission = {
  readonly line?: HeldLine | undefined;
  /** When the call may start on it. */
  readonly startAt?: Date | undefined;
  readonly obstacle?: Obstacle | undefined;
};

/**
 * Takes a line for a request that needs one, and passes the gate. Without a line it does not count towards the limits of the
 * number, but ends at once if it may never be placed.
 * @throws InvalidInputError if a person must see why it is not placed.
 */
export async function admit(services: Services, request: CallRequest, terms: Terms): Promise<Admission> {
  const { callerNumber } = terms;
  const problems = problemsOfCaller(services, 'callerNumber', callerNumber);
  if (problems.length > 0) throw new InvalidInputError(NOT_PLACED, problems);
  if (!needsLine(request)) return { obstacle: await terms.obstacle() };
  const waitsForLine = (why: string): Obstacle => {
    const until = new Date(services.now().getTime() + REQUEST_PATIENCE_MS);
    return { why, until, waitsFor: byHand(callerNumber) };
  };
  const line = await takeLine(services, callerNumber, request.requestId);
  if (!line) return { obstacle: (await terms.refusal()) ?? waitsForLine('a free line') };
  let startAt: Date | undefined;
  let obstacle: Obstacle | undefined = { why: 'the gate' };
  try {
    startAt = await takeTurn(services, line.number);
    obstacle = startAt ? await terms.obstacle() : waitsForLine('a turn of its number');
  } finally {
    if (obstacle) await services.lines.free(unused(line), services.now());
  }
  return obstacle ? { obstacle } : { line, startAt };
}
