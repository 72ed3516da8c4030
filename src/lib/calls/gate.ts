import type { Identifier } from '../call-automation/identifiers.ts';
import { whyNotCallable } from '../rules/callable-numbers.ts';
import { NOT_ALLOWED } from '../rules/calls/endings.ts';
import type { Services } from '../services/services.ts';

/** Why somebody must not be called. `why` never holds a number. */
export type Refusal = {
  readonly outcome: 'optedOut' | 'failed';
  readonly reason?: string;
  readonly why: string;
};

/**
 * Decides whether somebody may be called now. Attempts of outages and all-clears, calls by hand and invitations all ask
 * here, immediately before they ask the service. One request.
 * @returns undefined if they may be called.
 */
export async function refusalOf(
  { ids, optOuts, settings }: Services,
  callee: Identifier,
): Promise<Refusal | undefined> {
  const why = whyNotCallable(callee, settings.numbers);
  if (why !== undefined) return { outcome: 'failed', reason: `${NOT_ALLOWED}: ${why}`, why };
  const isOptedOut = await optOuts.has(ids.numberIdOf(callee));
  return isOptedOut ? { outcome: 'optedOut', why: 'has opted out' } : undefined;
}

/** What is wrong with a caller number that a message names; none if it is ours. */
export const problemsOfCaller = ({ settings }: Services, where: string, number: string | undefined): string[] =>
  number === undefined || settings.callers.some((caller) => caller.number === number)
    ? []
    : [`${where}: is not one of CALLER_NUMBERS`];
