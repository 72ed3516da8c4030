import { InvalidInputError } from '../base/errors.ts';
import { mustBePlayable } from '../call-automation/speech.ts';
import type { Outage } from '../rules/outages/outage.ts';
import { unfillable } from '../rules/outages/wording.ts';
import type { Services } from '../services/services.ts';

const DEAF = 'script.keys: must be empty: the telephone service reports no keys';

/**
 * Checks the texts and keys before the first call, not during it.
 * @throws InvalidInputError naming the keys, if the service reports none, and each text that the service cannot say or
 * reach, or whose placeholders cannot be filled in, or that may become too long.
 */
export function mustBeSayable(
  services: Pick<Services, 'calls' | 'settings'>,
  what: string,
  outage: Pick<Outage, 'script' | 'title' | 'estimate'>,
): void {
  const { message, thanks, unavailable } = outage.script;
  const sounds = { 'script.message': message, 'script.thanks': thanks, 'script.unavailable': unavailable };
  mustBePlayable(services, what, sounds);
  const isDeaf = !services.calls.listens && Object.keys(outage.script.keys).length > 0;
  const problems = [...(isDeaf ? [DEAF] : []), ...unfillable(outage)];
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}
