import { z } from 'zod';

/** A phone number in E.164 form, e.g. `+14255550123`. */
export const PhoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 form, e.g. +14255550123');

/** The reference page writes caller numbers as `{"value": "+1…"}` (Invite participant, `alternateCallerId`). */
export const PhoneNumberValue = z.looseObject({ value: PhoneNumber });

const members = {
  rawId: z.string().min(1).optional(),
  communicationUser: z.looseObject({ id: z.string().min(1) }).optional(),
  phoneNumber: PhoneNumberValue.optional(),
};

/** A participant of a call: an ACS user or a phone number (reference page, Create call and Invite participant). */
export const Identifier = z
  .looseObject(members)
  .refine((id) => Boolean(id.communicationUser) !== Boolean(id.phoneNumber), {
    message: 'must have exactly one of communicationUser and phoneNumber',
  });
export type Identifier = z.infer<typeof Identifier>;

/** Only the member that names the person: any other one of a message could name somebody else, whom nobody has checked. */
export const bare = ({ phoneNumber, communicationUser }: Identifier): Identifier =>
  phoneNumber
    ? { phoneNumber: { value: phoneNumber.value } }
    : { communicationUser: { id: communicationUser?.id ?? '' } };

/**
 * An identifier in an event. No field is required: it may be of a kind that we never call, for example a Teams user.
 */
export const EventIdentifier = z.looseObject(members).extend({
  phoneNumber: z.looseObject({ value: z.string() }).optional(),
});
export type EventIdentifier = z.infer<typeof EventIdentifier>;

/**
 * Returns a string to compare identifiers by: the phone number, the ACS user id, or the raw id; empty if it has none.
 */
export function identityOf(id: EventIdentifier): string {
  return id.phoneNumber?.value ?? id.communicationUser?.id ?? id.rawId ?? '';
}
