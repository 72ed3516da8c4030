import { InvalidInputError } from '../base/errors.ts';
import { type Identifier, identityOf } from './identifiers.ts';
import type { CallAutomation, CallerAbilities } from './port.ts';

/** Checks what a caller can do before anybody is called, not during a call. */

type Calls = Pick<CallAutomation, 'abilitiesOf'>;

/** Why calls from one of these callers cannot reach a user of the service; undefined if all can. */
export function whyNoUsers(calls: Calls, callers: readonly (string | undefined)[]): string | undefined {
  const limited = callers.map((caller) => calls.abilitiesOf(caller)).find(({ callsUsers }) => !callsUsers);
  return limited && `must be a phone number: ${limited.kind} calls no ACS users`;
}

/**
 * @param callers the calls may come from any of them; undefined: a call that shows no number.
 * @param where the field that holds the people, for the error.
 * @throws InvalidInputError naming each person whom one of the callers cannot reach, or cannot dial a second time.
 */
export function mustBeReachable(
  calls: Calls,
  callers: readonly (string | undefined)[],
  what: string,
  where: string,
  people: readonly Identifier[],
): void {
  const noUsers = whyNoUsers(calls, callers);
  const dialsOnce = callers.map((caller) => calls.abilitiesOf(caller)).find(({ redials }) => !redials);
  const named = new Set<string>();
  const problems = people.flatMap((person, index) => {
    const isRepeated = named.has(identityOf(person));
    named.add(identityOf(person));
    if (!person.phoneNumber) return noUsers === undefined ? [] : [`${where}.${index}: ${noUsers}`];
    return isRepeated && dialsOnce ? [`${where}.${index}: is named before: ${onlyOnce(dialsOnce)}`] : [];
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}

const onlyOnce = ({ kind }: CallerAbilities): string => `${kind} dials a number once in a call`;

/** @throws InvalidInputError if the service cannot enter calls from outside. */
export function mustEnter(calls: Pick<CallAutomation, 'abilitiesOf' | 'joins'>, what: string): void {
  if (calls.joins) return;
  const { kind } = calls.abilitiesOf(undefined);
  throw new InvalidInputError(what, [
    `conversationId: calls from ${kind} cannot be entered, and CALLER_NUMBERS has nothing else`,
  ]);
}
