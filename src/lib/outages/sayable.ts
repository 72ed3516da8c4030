import { InvalidInputError } from '../base/errors.ts';
import { mustBePlayable } from '../call-automation/speech.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { unfillable } from '../rules/outages/wording.ts';
import type { Services } from '../services/services.ts';

/**
 * Before anybody is called, not when they listen already.
 * @throws InvalidInputError naming each text of the outage that the service cannot say, or that cannot be filled in.
 */
export function mustBeSayable(
  { calls }: Pick<Services, 'calls'>,
  what: string,
  outage: Pick<Outage, 'script' | 'estimate'>,
): void {
  const { message, thanks, unavailable } = outage.script;
  const sounds = { 'script.message': message, 'script.thanks': thanks, 'script.unavailable': unavailable };
  mustBePlayable(calls, what, sounds);
  const problems = unfillable(outage);
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}
