import type { ResultInfo } from '../../call-automation/requests.ts';
import type { Outcome } from './outcome.ts';

/** What a call that ended unanswered means for the recipient. */
export type Ending = { readonly outcome: Outcome; readonly reason?: string };

/** The number is not in service. It is never dialled again: see retry.ts. */
export const WRONG_NUMBER = 'wrongNumber';

/** Too many calls at once, or too many in a short time. It does not count as an attempt: see apply-event.ts. */
export const OVER_LIMIT = 'overLimit';

/**
 * Call throttled, monthly limit reached, active calls limit reached (Call Automation: Troubleshooting call end response
 * codes). By that page 603/560603, a decline, can also mean too many calls at once; the code cannot tell the two apart.
 */
const LIMIT_SUBCODES: ReadonlySet<number> = new Set([8516, 8529, 8530]);

const isOverLimit = ({ code, subcode = 0 }: ResultInfo): boolean => code === 429 || LIMIT_SUBCODES.has(subcode);

/**
 * SIP response codes, as ACS passes them on (Azure Communication Services: Troubleshooting call end response codes).
 */
const ENDINGS: Readonly<Record<number, Ending>> = {
  404: { outcome: 'failed', reason: WRONG_NUMBER },
  408: { outcome: 'noAnswer' },
  480: { outcome: 'noAnswer' },
  484: { outcome: 'failed', reason: WRONG_NUMBER },
  486: { outcome: 'busy' },
  487: { outcome: 'noAnswer' },
  603: { outcome: 'declined' },
};

/**
 * The ending of a call that nobody answered. The reference page's Terminated event carries no reason. Without one, the
 * honest outcome is `noAnswer`.
 */
export function endingOf(resultInfo: ResultInfo | undefined): Ending {
  if (!resultInfo || resultInfo.code < 300) return { outcome: 'noAnswer' };
  if (isOverLimit(resultInfo)) return { outcome: 'failed', reason: OVER_LIMIT };
  return (
    ENDINGS[resultInfo.code] ?? { outcome: 'failed', reason: `code ${resultInfo.code}/${resultInfo.subcode ?? 0}` }
  );
}
