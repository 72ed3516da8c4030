import { z } from 'zod';

/** A phone number as it travels to the service: E.164, e.g. `+14255550123`. */
export const PhoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form, e.g. +14255550123');

/** The page writes caller numbers as `{"value": "+1…"}` (Invite participant, `alternateCallerId`). */
export const PhoneNumberValue = z.looseObject({ value: PhoneNumber });

const members = {
  rawId: z.string().min(1).optional(),
  communicationUser: z.looseObject({ id: z.string().min(1) }).optional(),
  phoneNumber: PhoneNumberValue.optional(),
};

/** Somebody who can be in a call: an ACS user or a phone number (reference page, Create call and Invite participant). */
export const Identifier = z
  .looseObject(members)
  .refine((id) => Boolean(id.communicationUser) !== Boolean(id.phoneNumber), {
    message: 'must have exactly one of communicationUser and phoneNumber',
  });
export type Identifier = z.infer<typeof Identifier>;

/** The same as events carry it: the service may name kinds that we do not call (a Teams user), so nothing is required. */
export const EventIdentifier = z.looseObject(members).extend({
  phoneNumber: z.looseObject({ value: z.string() }).optional(),
});
export type EventIdentifier = z.infer<typeof EventIdentifier>;

/** One string an identifier can be compared by: the number, the ACS user id, or the raw id. */
export function identityOf(id: EventIdentifier): string {
  return id.phoneNumber?.value ?? id.communicationUser?.id ?? id.rawId ?? '';
}
