import { z } from 'zod';
import { InvalidInputError, NotFoundError } from '../base/errors.ts';
import { PhoneNumber } from '../call-automation/identifiers.ts';
import { recipientIdOf } from '../rules/calls/recipient-id.ts';
import { phoneNumberOf } from '../rules/phone-numbers.ts';
import type { Services } from '../services/services.ts';

/** Somebody who is not called again, by any outage. */
export const OptOutView = z.object({
  number: PhoneNumber,
  since: z.string(),
  outageId: z
    .string()
    .optional()
    .describe('The outage in whose call they asked for it; none if it was entered by hand.'),
});
export type OptOutView = z.infer<typeof OptOutView>;

export const OptOutQuery = z.object({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a two-letter country code, e.g. US')
    .default('US')
    .describe('The country of a number that is written without one.'),
});

/** A number as it was typed, and whose it is. @throws InvalidInputError */
export function calleeOf(text: string, country: string): { number: string; recipientId: string } {
  const number = phoneNumberOf(text, country);
  if (number === undefined) throw new InvalidInputError('That is nobody’s number', ['number: is no phone number']);
  return { number, recipientId: recipientIdOf({ phoneNumber: { value: number } }) };
}

/** One request. @throws NotFoundError if they may be called. */
export async function viewOptOut({ optOuts }: Services, callee: ReturnType<typeof calleeOf>): Promise<OptOutView> {
  const optOut = await optOuts.find(callee.recipientId);
  if (!optOut) throw new NotFoundError('Nobody with that number has opted out');
  return { number: callee.number, since: optOut.at, ...(optOut.outageId && { outageId: optOut.outageId }) };
}
