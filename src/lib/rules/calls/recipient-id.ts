import { createHash } from 'node:crypto';
import { type EventIdentifier, identityOf } from '../../call-automation/identifiers.ts';

/**
 * A digest of the number or user id: the same person gets the same id in every list, and keys and logs show no number.
 */
export function recipientIdOf(identifier: EventIdentifier): string {
  return createHash('sha256').update(identityOf(identifier)).digest('hex').slice(0, 20);
}
