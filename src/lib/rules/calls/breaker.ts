import { z } from 'zod';
import { isOurFault, type Meaning } from '../../call-automation/meaning.ts';
import { BLOCKED, SILENT } from './endings.ts';
import type { Outcome } from './outcome.ts';

/**
 * When a caller number rests, and for how long. Pure. A number whose calls keep ending for a reason that concerns us is not called
 * from, except for one probe every few minutes, so that our own misconfiguration does not become the outcome of everybody on the
 * list. A call that reached somebody is recorded on its line, which costs no request, so callers pass in the latest of these
 * times.
 */

/**
 * Why calls from a number fail. `ours`: our own configuration. `badNumber`: the callee's number is wrong, or ours is; the code
 * does not say which.
 */
export const TroubleKind = z.enum(['ours', 'badNumber']);
export type TroubleKind = z.infer<typeof TroubleKind>;

/** What the meaning of a failed call may say about the caller number; undefined if nothing. */
export function troubleIn(means: Meaning): TroubleKind | undefined {
  if (means === 'badNumber') return means;
  return isOurFault(means) ? 'ours' : undefined;
}

/** A call from the number that failed for such a reason. */
export type Trouble = {
  readonly means: TroubleKind;
  /** The service's codes, for people and to tell one reason from another. */
  readonly code: string;
  /** Counts once: the call, or for a bad number the callee, who may be called again with the same result. */
  readonly whose: string;
  /** When the call was placed. */
  readonly placedAt: string;
};

/** What is known about a caller number. Absent members mean that nothing is wrong. Times are UTC, ISO 8601. */
export const CallerNumber = z.looseObject({
  number: z.string(),
  means: TroubleKind.optional(),
  code: z.string().optional(),
  /** Whose calls failed for the same reason, since somebody was reached. */
  failed: z.array(z.string()).default([]),
  /** When the first of these calls was placed, or when people ended the rest. A call placed later that reaches somebody ends the row. */
  since: z.string().optional(),
  /** The number rests since then. */
  restingSince: z.string().optional(),
  /** When the next probe may be placed. */
  probeAt: z.string().optional(),
  /** When the last call was placed that is known to have reached somebody. */
  reachedAt: z.string().optional(),
});
export type CallerNumber = z.infer<typeof CallerNumber>;

/** A resting number, for people. */
export const RestingCaller = z.object({
  number: z.string().describe('The caller number.'),
  since: z.iso.datetime().describe('Nobody is called from it since then, except for a probe every few minutes.'),
  because: z.string().describe('Why it rests.'),
  probeAt: z.iso.datetime().describe('When the next probe may be placed: a call to one of the people who wait.'),
});
export type RestingCaller = z.infer<typeof RestingCaller>;

/** How often a resting number is called from, ms. */
export const PROBE_EVERY_MS = 180_000;

export const newCallerNumber = (number: string): CallerNumber => ({ number, failed: [] });

const GOOD = {
  means: undefined,
  code: undefined,
  failed: [],
  since: undefined,
  restingSince: undefined,
  probeAt: undefined,
};

/**
 * A call from the number reached somebody: their phone rang, or they answered. That ends the rest.
 * @param placedAt when that call was placed. One that was placed before the first failure proves nothing.
 */
export function reached(caller: CallerNumber, placedAt: string | undefined): CallerNumber {
  const reachedAt = latest(caller.reachedAt, placedAt);
  const isOver = caller.since !== undefined && reachedAt !== undefined && reachedAt >= caller.since;
  if (isOver) return { ...caller, ...GOOD, reachedAt };
  return reachedAt === caller.reachedAt ? caller : { ...caller, reachedAt };
}

/** The later of two times. */
export const latest = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

/**
 * A call from the number failed for a reason that may concern us. After `limit` of them in a row the number rests.
 * @returns the same object if the call was counted before, or the number rests already.
 */
export function troubled(caller: CallerNumber, trouble: Trouble, limit: number, now: Date): CallerNumber {
  if (isResting(caller)) return caller;
  const failed = isSame(caller, trouble) ? caller.failed : [];
  if (failed.includes(trouble.whose)) return caller;
  const since = failed.length > 0 ? caller.since : trouble.placedAt;
  const counted = { ...caller, means: trouble.means, code: trouble.code, failed: [...failed, trouble.whose], since };
  return counted.failed.length < limit ? counted : { ...counted, ...resting(now) };
}

const isSame = (caller: CallerNumber, { means, code }: Trouble): boolean =>
  caller.means === means && (means === 'badNumber' || caller.code === code);

const resting = (now: Date) => ({ restingSince: now.toISOString(), probeAt: nextProbe(now) });

const nextProbe = (now: Date): string => new Date(now.getTime() + PROBE_EVERY_MS).toISOString();

/** Only probes may be placed from the number. */
export const isResting = ({ restingSince }: CallerNumber): boolean => restingSince !== undefined;

/** The number with its next probe put off, if one is due now. Only the process that saves it may place the probe. */
export function probed(caller: CallerNumber, now: Date): CallerNumber | undefined {
  const isDue = isResting(caller) && Date.parse(caller.probeAt ?? '') <= now.getTime();
  return isDue ? { ...caller, probeAt: nextProbe(now) } : undefined;
}

/** People ended the rest. That proves nothing about the number: only a call that is placed from now on does. */
export const rested = (caller: CallerNumber, now: Date): CallerNumber => ({
  ...caller,
  ...GOOD,
  since: now.toISOString(),
});

/** The number works: somebody was reached from it, and no call has failed for a reason that may concern us since. */
export const isProven = ({ since, reachedAt }: CallerNumber): boolean => reachedAt !== undefined && since === undefined;

/** The number for people, if it rests. */
export function restingAs(caller: CallerNumber): RestingCaller | undefined {
  const { number, restingSince: since, probeAt } = caller;
  return since === undefined || probeAt === undefined
    ? undefined
    : { number, since, because: whyResting(caller), probeAt };
}

const REACHED: ReadonlySet<Outcome> = new Set([
  'acknowledged',
  'connected',
  'heard',
  'answered',
  'optedOut',
  'declined',
  'busy',
  'noAnswer',
]);

/** True if a call that ended so proves that its caller number works: the callee's phone was reached. */
export const provesNumber = (outcome: Outcome, reason: string | undefined): boolean =>
  reason === SILENT || (REACHED.has(outcome) && reason !== BLOCKED);

/** What a failed call leads to. */
export type Standing = {
  /** The caller number, this call included. */
  readonly caller: CallerNumber;
  /** Before this call, somebody had been reached from the number, and no call had failed since. */
  readonly wasProven: boolean;
  /** The number rests from this call on. */
  readonly hasTripped: boolean;
};

/**
 * What a failed call means for the callee. `postpone`: nothing, the attempt does not count. `failed`: it counts, and the callee may
 * be called again. `wrongNumber`: the number is not in service.
 * @param standing undefined if the call came from no number of ours.
 * @param refusedAt when the first call to this callee failed for a reason of ours, if one did. Not when it was claimed: others may
 * have been reached between its claim and its failure.
 * @param placedAt when this call was placed.
 */
export function verdictOn(
  means: TroubleKind,
  standing: Standing | undefined,
  refusedAt: string | undefined,
  placedAt: string,
): 'postpone' | 'failed' | 'wrongNumber' {
  if (standing && isResting(standing.caller)) return 'postpone';
  if (means === 'badNumber') return standing?.wasProven ? 'wrongNumber' : 'failed';
  // Others were reached between the two calls, so the reason must lie in the calls to this callee.
  const reachedAt = standing?.caller.reachedAt;
  if (refusedAt === undefined || reachedAt === undefined) return 'postpone';
  return refusedAt < reachedAt && reachedAt < placedAt ? 'failed' : 'postpone';
}

/** Why the number rests, for people. */
export function whyResting({ means, code = '', failed }: CallerNumber): string {
  const calls = `the last ${failed.length} calls`;
  return means === 'badNumber'
    ? `${calls} found no such number (${code}): those of the callees are wrong, or ours is`
    : `${calls} failed for a reason that concerns us (${code})`;
}

/** One line for the log, without the number. The alert looks for it. */
export const restingNote = ({ number, since, because }: RestingCaller): string =>
  `caller number …${number.slice(-2)} rests since ${since}: ${because}`;
