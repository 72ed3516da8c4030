import { InvalidInputError } from '../base/errors.ts';
import type { Identifier } from '../call-automation/identifiers.ts';
import { type CallingRules, whyNotCall } from './callable-numbers.ts';

/**
 * Checks the numbers of people before anybody is called.
 * @param where the field that holds them, for the error.
 * @throws InvalidInputError naming each that may not be called, without its number.
 */
export function mustBeCallable(rules: CallingRules, what: string, where: string, people: readonly Identifier[]): void {
  const problems = people.flatMap(({ phoneNumber }, index) => {
    const problem = phoneNumber && whyNotCall(phoneNumber.value, rules);
    return problem ? [`${where}.${index}.phoneNumber.value: ${problem}`] : [];
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
}
