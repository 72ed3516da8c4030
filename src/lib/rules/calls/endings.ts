import type { CallEnding, Meaning } from '../../call-automation/meaning.ts';
import type { Outcome } from './outcome.ts';

/** What a call that ended unanswered means for the recipient. */
export type Ending = { readonly outcome: Outcome; readonly reason?: string };

/** The number is not in service. It is never dialled again: see retry.ts. */
export const WRONG_NUMBER = 'wrongNumber';

/** The number seems not to be in service, but the caller number may be to blame. It may be dialled again. */
export const BAD_NUMBER = 'badNumber';

/** The settings do not allow calls to this number; the rule follows. Nobody was called, and nobody will be. */
export const NOT_ALLOWED = 'notAllowed';

/** True for a reason that no further attempt changes. */
export const isForGood = (reason: string | undefined): boolean =>
  reason === WRONG_NUMBER || reason?.startsWith(`${NOT_ALLOWED}:`) === true;

/** The callee, or somebody in between, takes no calls from our number. */
export const BLOCKED = 'blocked';

/** Too many calls at once, or too many in a short time. It does not count as an attempt: see apply-event.ts. */
export const OVER_LIMIT = 'overLimit';

/** The service refused the call for our own configuration. It does not count as an attempt: see apply-event.ts. */
export const OURS = 'ours';

/** The call was answered, and there is no evidence that the callee heard anything. */
export const SILENT = 'silent';

const ENDINGS: Readonly<Partial<Record<Meaning, Ending>>> = {
  noAnswer: { outcome: 'noAnswer' },
  busy: { outcome: 'busy' },
  declined: { outcome: 'declined' },
  blocked: { outcome: 'declined', reason: BLOCKED },
  cancelled: { outcome: 'noAnswer' },
  badNumber: { outcome: 'failed', reason: WRONG_NUMBER },
  denied: { outcome: 'failed', reason: OURS },
  ours: { outcome: 'failed', reason: OURS },
  limit: { outcome: 'failed', reason: OVER_LIMIT },
  congested: { outcome: 'failed', reason: 'congested' },
};

/**
 * The ending of a call that nobody answered. The reference page's Terminated event carries no reason. Without one, the
 * honest outcome is `noAnswer`.
 */
export function endingOf(ending: CallEnding | undefined): Ending {
  if (!ending) return { outcome: 'noAnswer' };
  return ENDINGS[ending.means] ?? { outcome: 'failed', reason: `code ${ending.code}` };
}
