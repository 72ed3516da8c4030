import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { PhoneNumber } from '../call-automation/identifiers.ts';
import type { NumberId } from '../rules/calls/ids.ts';
import { Country } from '../rules/countries.ts';
import { readNumber } from '../rules/phone-numbers.ts';
import type { Services } from '../services/services.ts';

/** A number that no outage may call again. */
export const OptOutView = z.object({
  number: PhoneNumber,
  since: z.string(),
  outageId: z
    .string()
    .optional()
    .describe('The outage in whose call the person opted out; absent if it was entered by hand.'),
});
export type OptOutView = z.infer<typeof OptOutView>;

/** Names a number in a body: the platform logs addresses, so no number is ever in one. */
export const NumberBody = z.strictObject({
  phone: z.string().max(40).describe('A phone number, in any usual form.'),
  country: Country.default('US').describe('The country of a number without a country code: ISO 3166, two letters.'),
});

/** The number that a body names, and its id. @throws InvalidInputError */
export function calleeIn({ ids }: Services, body: unknown): { number: string; id: NumberId } {
  const given = NumberBody.safeParse(body);
  if (!given.success) throw new InvalidInputError('The request is invalid', problemsOf(given.error));
  const read = readNumber(given.data.phone, given.data.country);
  if ('problem' in read) throw new InvalidInputError('The request is invalid', [`phone: ${read.problem}`]);
  const { number } = read;
  return { number, id: ids.numberIdOf({ phoneNumber: { value: number } }) };
}

/** One request. @throws NotFoundError if the number has not opted out. */
export async function viewOptOut({ optOuts }: Services, callee: ReturnType<typeof calleeIn>): Promise<OptOutView> {
  const optOut = await optOuts.find(callee.id);
  if (!optOut) throw new NotFoundError('This number has not opted out');
  return { number: callee.number, since: optOut.at, ...(optOut.outageId && { outageId: optOut.outageId }) };
}
