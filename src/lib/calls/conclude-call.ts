import type { CallEnding } from '../call-automation/meaning.ts';
import { noteTrouble } from '../outages/caller-standing.ts';
import { restingAs, restingNote, troubleIn, verdictOn } from '../rules/calls/breaker.ts';
import { BAD_NUMBER, OVER_LIMIT, WRONG_NUMBER } from '../rules/calls/endings.ts';
import type { CallLeg } from '../rules/calls/leg.ts';
import type { CallPurpose } from '../rules/calls/purpose.ts';
import type { Services } from '../services/services.ts';
import { attemptOwner } from './attempt-owner.ts';
import type { CallOwner } from './owned-call.ts';
import { requestOwner } from './request-owner.ts';

/** How long to leave a line alone after the service refused a call, ms. */
const PATIENCE_MS = 30_000;

export const ownerOf = (services: Services, purpose: CallPurpose): CallOwner =>
  purpose.kind === 'attempt' ? attemptOwner(services, purpose) : requestOwner(services, purpose.requestId);

/**
 * Tells the owner of a call that it is over. An end that may concern our own configuration is counted against the caller
 * number first, which decides whether the callee is to blame.
 * @returns a note for the log, if the number rests from now on.
 */
export async function concludeCall(services: Services, leg: CallLeg): Promise<string | undefined> {
  const { purpose, callLegId, outcome = 'unknown', reason, optOut, ending } = leg;
  const owner = ownerOf(services, purpose);
  if (ending && outcome === 'failed' && troubleIn(ending.means)) return settle(services, owner, callLegId, ending);
  if (reason === OVER_LIMIT) await owner.postpone(patience(services), callLegId);
  else await owner.conclude({ outcome, reason, optOut }, callLegId);
  return undefined;
}

const patience = ({ now }: Services): Date => new Date(now().getTime() + PATIENCE_MS);

async function settle(
  services: Services,
  owner: CallOwner,
  callLegId: string,
  ending: CallEnding,
): Promise<string | undefined> {
  const means = troubleIn(ending.means);
  const placed = await owner.placed(callLegId);
  // The owner was told before, or has another call by now.
  if (!placed || !means) return undefined;
  const { number, placedAt, callee, refusedAt } = placed;
  const whose = means === 'badNumber' ? callee : callLegId;
  const trouble = { means, code: ending.code, whose, placedAt };
  const standing = number === undefined ? undefined : await noteTrouble(services, number, trouble);
  switch (verdictOn(means, standing, refusedAt, placedAt)) {
    case 'postpone':
      await owner.postpone(patience(services), callLegId, services.now().toISOString());
      break;
    case 'failed':
      await owner.conclude(
        { outcome: 'failed', reason: means === 'badNumber' ? BAD_NUMBER : `refused: ${ending.code}` },
        callLegId,
      );
      break;
    case 'wrongNumber':
      await owner.conclude({ outcome: 'failed', reason: WRONG_NUMBER }, callLegId);
  }
  const resting = standing?.hasTripped ? restingAs(standing.caller) : undefined;
  return resting && restingNote(resting);
}
