import type { ResultInfo } from '../call-automation/requests.ts';
import type { Outcome } from '../outages/outcome.ts';

export type Ending = { readonly outcome: Outcome; readonly reason?: string };

/** A number that is not in service is never dialled again: see retry.ts. */
export const WRONG_NUMBER = 'wrongNumber';

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
  return (
    ENDINGS[resultInfo.code] ?? { outcome: 'failed', reason: `code ${resultInfo.code}/${resultInfo.subcode ?? 0}` }
  );
}
