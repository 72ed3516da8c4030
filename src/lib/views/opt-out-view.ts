import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '../base/errors.ts';
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

export const OptOutQuery = z.object({
  country: Country.default('US').describe('The country of a number without a country code: ISO 3166, two letters.'),
});

/** Parses a number as people type it. @throws InvalidInputError */
export function calleeOf({ ids }: Services, text: string, country: string): { number: string; id: NumberId } {
  const read = readNumber(text, country);
  if ('problem' in read) throw new InvalidInputError('The request is invalid', [`number: ${read.problem}`]);
  const { number } = read;
  return { number, id: ids.numberIdOf({ phoneNumber: { value: number } }) };
}

/** One request. @throws NotFoundError if the number has not opted out. */
export async function viewOptOut({ optOuts }: Services, callee: ReturnType<typeof calleeOf>): Promise<OptOutView> {
  const optOut = await optOuts.find(callee.id);
  if (!optOut) throw new NotFoundError('This number has not opted out');
  return { number: callee.number, since: optOut.at, ...(optOut.outageId && { outageId: optOut.outageId }) };
}
