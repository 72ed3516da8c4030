import type { Result } from '../base/result.ts';
import type { Outcome } from '../people/script.ts';

/** Why a call was not answered, with the codes and subcodes of the service. */
export const REASONS: Readonly<
  Record<Exclude<Outcome, 'answers'> | 'overLimit' | 'noConversation' | 'cancelled', Result>
> = {
  busy: { code: 486, subcode: 560486, message: 'The line is busy.', network: { sip: 486, q850: 17 } },
  noAnswer: { code: 480, subcode: 560480, message: 'Nobody answered.', network: { sip: 480, q850: 19 } },
  declines: { code: 603, subcode: 560603, message: 'The call was declined.', network: { sip: 603, q850: 21 } },
  unknownNumber: { code: 404, subcode: 560404, message: 'The number does not exist.', network: { sip: 404, q850: 1 } },
  overLimit: { code: 429, subcode: 8530, message: 'The caller number has too many active calls.' },
  noConversation: { code: 404, subcode: 8522, message: 'The call does not exist.' },
  cancelled: { code: 487, subcode: 560487, message: 'The call was cancelled.' },
};
