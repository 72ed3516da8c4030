import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { mustBeReachable } from '../call-automation/reach.ts';
import { Sound } from '../call-automation/speech.ts';
import { callerProblems } from '../rules/outages/callers.ts';
import { type Caller, contradictions, type Outage, OutageSpec } from '../rules/outages/outage.ts';
import type { Services } from '../services/services.ts';
import { changeOutage, mustAllow } from './change-outage.ts';
import { mustBeSayable } from './sayable.ts';

const { title, estimate, expiresAt, maxConcurrentCalls, callers } = OutageSpec.shape;

/** The fields of an outage that can change while it runs. An absent field stays; null removes an optional field. */
export const OutagePatch = z.strictObject({
  title: title.optional(),
  estimate: estimate.unwrap().nullable().optional(),
  expiresAt: expiresAt.unwrap().nullable().optional(),
  maxConcurrentCalls: maxConcurrentCalls.unwrap().nullable().optional(),
  callers: callers.unwrap().nullable().optional(),
  script: z
    .strictObject({
      message: Sound.optional(),
      thanks: Sound.nullable().optional(),
      unavailable: Sound.nullable().optional(),
    })
    .optional()
    .describe('The sounds. Keys and operators stay unchanged.'),
});
export type OutagePatch = z.infer<typeof OutagePatch>;

/**
 * Changes an outage. Calls may still use the old message for 20 seconds, because outages are cached that long
 * (storage/outages.ts).
 * @throws InvalidInputError naming each field; NotAllowedError if the outage is over.
 */
export async function patchOutage(services: Services, id: string, body: unknown): Promise<Outage> {
  const patch = OutagePatch.safeParse(body);
  if (!patch.success) throw new InvalidInputError('The outage cannot be changed', problemsOf(patch.error));
  return changeOutage(services, id, (outage) => {
    mustAllow(outage, 'patch');
    const patched = withPatch(outage, patch.data, services.settings.callers);
    mustBeSayable(services, 'The outage cannot be changed', patched);
    if (patch.data.callers !== undefined) mustReachOperators(services, patched);
    const problems = [
      ...(patched.expiresAt === outage.expiresAt ? [] : contradictions(patched, services.now())),
      ...callerProblems(patch.data.callers ?? [], services.settings.callers),
    ];
    if (problems.length > 0) throw new InvalidInputError('The outage cannot be changed', problems);
    return patched;
  });
}

/** Another caller may not be able to call the operators. */
function mustReachOperators({ calls }: Services, { callers, script }: Outage): void {
  const numbers = callers.map(({ number }) => number);
  mustBeReachable(calls, numbers, 'The outage cannot be changed', 'script.operators', script.operators);
}

function withPatch(outage: Outage, { script = {}, ...fields }: OutagePatch, ours: readonly Caller[]): Outage {
  return {
    ...outage,
    title: fields.title ?? outage.title,
    estimate: changed(outage.estimate, fields.estimate),
    expiresAt: changed(outage.expiresAt, fields.expiresAt),
    callers: fields.callers === undefined ? outage.callers : (fields.callers ?? [...ours]),
    // If the outage had expired, its list may need another pass.
    progress: fields.expiresAt === undefined ? outage.progress : undefined,
    ...limited(outage, changed(outage.maxConcurrentCalls, fields.maxConcurrentCalls)),
    script: {
      ...outage.script,
      message: script.message ?? outage.script.message,
      thanks: changed(outage.script.thanks, script.thanks),
      unavailable: changed(outage.script.unavailable, script.unavailable),
    },
  };
}

/** More calls than a lower limit allows may be in progress. */
function limited(before: Outage, limit: number | undefined): Pick<Outage, 'maxConcurrentCalls' | 'isShrinking'> {
  const { maxConcurrentCalls = Number.POSITIVE_INFINITY, isShrinking } = before;
  const isLower = limit !== undefined && limit < maxConcurrentCalls;
  return { maxConcurrentCalls: limit, isShrinking: isLower || (limit === undefined ? undefined : isShrinking) };
}

/** Undefined keeps the value; null removes it. */
const changed = <Value>(before: Value | undefined, patch: Value | null | undefined): Value | undefined =>
  patch === undefined ? before : (patch ?? undefined);
