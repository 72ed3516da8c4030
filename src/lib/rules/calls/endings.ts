import type { ResultInfo } from '../../call-automation/requests.ts';
import type { Outcome } from './outcome.ts';

export type Ending = { readonly outcome: Outcome; readonly reason?: string };

/** A number that is not in service is never dialled again: see retry.ts. */
export const WRONG_NUMBER = 'wrongNumber';

/** More calls at once than we may have, or too many too fast: no attempt to reach anybody, see apply-event.ts. */
export const OVER_LIMIT = 'overLimit';

/**
 * Call throttled, monthly limit reached, active calls limit reached. (Troubleshooting call end response codes, Call Automation;
 * the page says of 603/560603, a decline, that it may also mean too many calls at once. That cannot be told from a decline.)
 */
const LIMIT_SUBCODES: ReadonlySet<number> = new Set([8516, 8529, 8530]);

const isOverLimit = ({ code, subcode = 0 }: ResultInfo): boolean => code === 429 || LIMIT_SUBCODES.has(subcode);

/** SIP response codes, as ACS passes them on (Azure Communication Services: Troubleshooting call end response codes). */
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
 * How a call ended that nobody answered. The reference page's Terminated event carries no reason; without one, the
 * honest word is `noAnswer`.
 */
export function endingOf(resultInfo: ResultInfo | undefined): Ending {
  if (!resultInfo || resultInfo.code < 300) return { outcome: 'noAnswer' };
  if (isOverLimit(resultInfo)) return { outcome: 'failed', reason: OVER_LIMIT };
  return (
    ENDINGS[resultInfo.code] ?? { outcome: 'failed', reason: `code ${resultInfo.code}/${resultInfo.subcode ?? 0}` }
  );
}
