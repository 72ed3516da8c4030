import { InvalidInputError } from '../base/errors.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import { type CallingRules, whyNotCallable } from './callable-numbers.ts';

/**
 * Checks people before they are kept or called.
 * @param where the field that holds them, for the error.
 * @throws InvalidInputError naming each that may not be called, without its number.
 */
export function mustBeCallable(rules: CallingRules, what: string, where: string, people: readonly Identifier[]): void {
  const problems = people.flatMap((person, index) => {
    const problem = whyNotCallable(person, rules);
    return problem ? [`${where}.${index}.${memberOf(person)}: ${problem}`] : [];
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}

/** The member of an identifier that names the person. */
export const memberOf = ({ phoneNumber }: Identifier): string =>
  phoneNumber ? 'phoneNumber.value' : 'communicationUser.id';
