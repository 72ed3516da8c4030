import { z } from 'zod';
import { OUTCOME_GLOSSARY, type OutcomeMeaning } from './outcome-glossary.ts';

/**
 * How a recipient, or one attempt to reach them, ended; from the least to the best that is known to have been achieved.
 * outcome-glossary.ts says what each outcome means.
 */
export const Outcome = z
  .enum(OUTCOME_GLOSSARY.map(({ outcome }) => outcome).reverse())
  .describe(OUTCOME_GLOSSARY.map(({ outcome, means }) => `\`${outcome}\`: ${means}.`).join(' '));
export type Outcome = z.infer<typeof Outcome>;

const MEANINGS: ReadonlyMap<Outcome, OutcomeMeaning> = new Map(OUTCOME_GLOSSARY.map((entry) => [entry.outcome, entry]));
const RANKS: ReadonlyMap<Outcome, number> = new Map(Outcome.options.map((outcome, rank) => [outcome, rank]));

/** The better of two outcomes: what was achieved is never taken back by a later event. */
export function better(a: Outcome | undefined, b: Outcome): Outcome;
export function better(a: Outcome | undefined, b: Outcome | undefined): Outcome | undefined;
export function better(a: Outcome | undefined, b: Outcome | undefined): Outcome | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return rankOf(a) >= rankOf(b) ? a : b;
}

const rankOf = (outcome: Outcome): number => RANKS.get(outcome) ?? -1;

/** True if a person or a machine answered. */
export const isAnswered = (outcome: Outcome): boolean => MEANINGS.get(outcome)?.isAnswered ?? false;

/** True if the person knows about the outage and must hear the all-clear. */
export const isTold = (outcome: Outcome): boolean => MEANINGS.get(outcome)?.isTold ?? false;
