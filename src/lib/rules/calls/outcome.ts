import { z } from 'zod';

/**
 * How a recipient, or one attempt to reach them, ended; from the least to the most that is known to have been achieved.
 * `heard`: the message was played to its end and no key was pressed. `answered`: hung up before its end.
 * `unknown`: the call may have been placed, and nothing was ever heard of it.
 */
export const Outcome = z.enum([
  'cancelled',
  'unknown',
  'failed',
  'declined',
  'busy',
  'noAnswer',
  'answered',
  'heard',
  'connected',
  'optedOut',
  'acknowledged',
]);
export type Outcome = z.infer<typeof Outcome>;

const RANK: ReadonlyMap<Outcome, number> = new Map(Outcome.options.map((outcome, rank) => [outcome, rank]));

/** The better of two outcomes: what once was reached is never taken back by what is learnt later. */
export function better(a: Outcome | undefined, b: Outcome): Outcome;
export function better(a: Outcome | undefined, b: Outcome | undefined): Outcome | undefined;
export function better(a: Outcome | undefined, b: Outcome | undefined): Outcome | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return rankOf(a) >= rankOf(b) ? a : b;
}

const rankOf = (outcome: Outcome): number => RANK.get(outcome) ?? -1;

/** Somebody or something picked up. */
export const isAnswered = (outcome: Outcome): boolean => rankOf(outcome) >= rankOf('answered');
