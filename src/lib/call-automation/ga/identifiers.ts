import type { CommunicationUserIdentifier, PhoneNumberIdentifier } from '@azure/communication-common';
import { type Identifier, identityOf } from '../identifiers.ts';

/** Converts our identifier to the SDK's. */
export function toSdk(identifier: Identifier): PhoneNumberIdentifier | CommunicationUserIdentifier {
  return identifier.phoneNumber ? toPhone(identifier.phoneNumber) : { communicationUserId: identityOf(identifier) };
}

export const toPhone = ({ value }: { readonly value: string }): PhoneNumberIdentifier => ({ phoneNumber: value });
