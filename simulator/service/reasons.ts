import type { Result } from '../base/result.ts';
import type { Outcome } from '../people/script.ts';

/** Why a telephone was not answered: codes and subcodes as the service gives them. */
export const REASONS: Readonly<
  Record<Exclude<Outcome, 'answers'> | 'overLimit' | 'noConversation' | 'cancelled', Result>
> = {
  busy: { code: 486, subcode: 560486, message: 'The line is busy.' },
  noAnswer: { code: 480, subcode: 560480, message: 'Nobody answered.' },
  declines: { code: 603, subcode: 560603, message: 'The call was declined.' },
  unknownNumber: { code: 404, subcode: 560404, message: 'There is no such number.' },
  overLimit: { code: 429, subcode: 8530, message: 'Too many calls of the number are active.' },
  noConversation: { code: 404, subcode: 8522, message: 'There is no such call.' },
  cancelled: { code: 487, subcode: 560487, message: 'The call was cancelled.' },
};
