import type { Identifier } from '../call-automation/identifiers.ts';
import { whyNotCallable } from '../rules/callable-numbers.ts';
import { NOT_ALLOWED } from '../rules/calls/endings.ts';
import { type HeldBack, type IntendedCall, isHeldBack, withCall } from '../rules/number-limits.ts';
import type { Services } from '../services/services.ts';
import { untilSaved } from '../storage/until-saved.ts';

/**
 * Decides whether somebody may be called now. Attempts of outages and all-clears, calls by hand and invitations all ask
 * here, immediately before they ask the service.
 */

/** Why somebody must not be called. `why` never holds a number. */
export type Refusal = {
  readonly kind: 'refused';
  readonly outcome: 'optedOut' | 'failed';
  readonly reason?: string;
  readonly why: string;
};

/** Why somebody must not be called yet. `why` never holds a number. */
export type Delay = { readonly kind: 'heldBack'; readonly heldBack: HeldBack; readonly why: string };

/**
 * Lets a call through, or says why not. A call that is let through counts towards the limits of its number: of two at the
 * same moment, only one is. Two requests.
 * @returns undefined if it may be placed.
 */
export async function pass(
  { ids, numbers, settings, now }: Services,
  callee: Identifier,
  call: IntendedCall,
): Promise<Refusal | Delay | undefined> {
  const why = whyNotCallable(callee, settings.numbers);
  if (why !== undefined) return notAllowed(why);
  const id = ids.numberIdOf(callee);
  const verdict = await untilSaved('The calls to a number', async (): Promise<Refusal | Delay | null | undefined> => {
    const { isOptedOut, stored } = await numbers.standing(id);
    if (isOptedOut) return OPTED_OUT;
    const calls = withCall(stored?.calls, call, now(), settings.numberLimits);
    if (isHeldBack(calls)) return delayed(calls);
    return (await numbers.save(id, stored, calls)) ? null : undefined;
  });
  return verdict ?? undefined;
}

/**
 * Why somebody may never be called. For those to whom no limit applies: the operators of a script, who are called for each
 * callee who asks for them. One request.
 */
export async function refusalOf(
  { ids, optOuts, settings }: Services,
  callee: Identifier,
): Promise<Refusal | undefined> {
  const why = whyNotCallable(callee, settings.numbers);
  if (why !== undefined) return notAllowed(why);
  return (await optOuts.has(ids.numberIdOf(callee))) ? OPTED_OUT : undefined;
}

const OPTED_OUT: Refusal = { kind: 'refused', outcome: 'optedOut', why: 'has opted out' };

const notAllowed = (why: string): Refusal => ({
  kind: 'refused',
  outcome: 'failed',
  reason: `${NOT_ALLOWED}: ${why}`,
  why,
});

const LIMITS = { tooSoon: 'was called a moment ago', dailyCap: 'was called too often in 24 hours' } as const;

const delayed = (heldBack: HeldBack): Delay => ({
  kind: 'heldBack',
  heldBack,
  why: `${LIMITS[heldBack.because]}: not before ${heldBack.until}`,
});

/** What is wrong with a caller number that a message names; none if it is ours. */
export const problemsOfCaller = ({ settings }: Services, where: string, number: string | undefined): string[] =>
  number === undefined || settings.callers.some((caller) => caller.number === number)
    ? []
    : [`${where}: is not one of CALLER_NUMBERS`];
