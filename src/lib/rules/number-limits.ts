import { z } from 'zod';

/**
 * How often a number may be called, by whatever outage or person. Pure. An outage’s own limits (`maxAttempts`) do not
 * know of the other outages.
 */

/** Settings: NUMBER_DELAY_SECONDS, NUMBER_CALLS_A_DAY. */
export type NumberLimits = {
  /** The shortest time between two calls to one number, ms. */
  readonly delayMs: number;
  /** The most calls to one number in 24 hours, all-clears not counted. */
  readonly callsADay: number;
};

/** Which limit holds a call back. */
export const HeldBecause = z.enum(['tooSoon', 'dailyCap']);
export type HeldBecause = z.infer<typeof HeldBecause>;

/** A call that a limit holds back: it is placed later. `until` is UTC. */
export const HeldBack = z.object({
  until: z.string().describe('When the number may be called again.'),
  because: HeldBecause.describe(
    '`tooSoon`: the number was called less than NUMBER_DELAY_SECONDS ago. `dailyCap`: it was called NUMBER_CALLS_A_DAY times in 24 hours.',
  ),
});
export type HeldBack = z.infer<typeof HeldBack>;

/** The latest calls to a number, UTC. */
export const NumberCalls = z.object({
  /** The latest call, also if it does not count. */
  at: z.string(),
  /** Names that call. */
  by: z.string(),
  /** Calls that count, oldest first: no more than can matter. */
  counted: z.array(z.string()).default([]),
});
export type NumberCalls = z.infer<typeof NumberCalls>;

/** A call that is about to be placed. */
export type IntendedCall = {
  /** The same each time that this one call is tried: it counts once, and does not hold itself back. */
  readonly name: string;
  /** An all-clear neither counts towards the cap nor is held back by it. */
  readonly isAllClear?: boolean | undefined;
  /** An emergency counts, and is not held back by the cap. */
  readonly isEmergency?: boolean | undefined;
};

const DAY_MS = 24 * 3_600_000;

/** How long the calls to a number matter, ms. Older ones are deleted. */
export const MATTERS_MS = DAY_MS;

/** The calls to a number with this one, or until when and why it is held back. */
export function withCall(
  before: NumberCalls | undefined,
  { name, isAllClear, isEmergency }: IntendedCall,
  now: Date,
  { delayMs, callsADay }: NumberLimits,
): NumberCalls | HeldBack {
  // Tried before: the call was not placed, or the service is asked for the same one again.
  const isSame = before?.by === name;
  const others = (before?.counted ?? []).filter((at) => !(isSame && at === before?.at));
  const counted = others.filter((at) => Date.parse(at) > now.getTime() - DAY_MS).slice(-callsADay);
  const soonest = before && !isSame ? Date.parse(before.at) + delayMs : 0;
  const oldest = counted.length >= callsADay && !isAllClear && !isEmergency ? counted[0] : undefined;
  const underCap = oldest === undefined ? 0 : Date.parse(oldest) + DAY_MS;
  if (Math.max(soonest, underCap) > now.getTime()) {
    const until = new Date(Math.max(soonest, underCap)).toISOString();
    return { until, because: underCap > soonest ? 'dailyCap' : 'tooSoon' };
  }
  const at = now.toISOString();
  return { at, by: name, counted: isAllClear ? counted : [...counted, at].slice(-callsADay) };
}

export const isHeldBack = (verdict: NumberCalls | HeldBack): verdict is HeldBack => 'until' in verdict;
