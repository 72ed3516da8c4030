import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { type EventIdentifier, identityOf } from '../../call-automation/identifiers.ts';

/** Characters that are safe in a Table Storage key, a URL segment and a file name. */
export const SafeId = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits and _ . -');

/** Names a number or an ACS user in keys and logs: the same in every outage. Opt-outs are kept by it. */
export const NumberId = z
  .string()
  .regex(/^[0-9a-f]{20}$/)
  .brand<'NumberId'>();
export type NumberId = z.infer<typeof NumberId>;

/** Names a person on the list of one outage. Today it is made of their only number; they may come to have several. */
export const RecipientId = SafeId.brand<'RecipientId'>();
export type RecipientId = z.infer<typeof RecipientId>;

/** How the recipients of an outage are named. An outage of an earlier version has plain digests, and no member `ids`. */
export type Naming = { readonly ids?: 'keyed' | undefined };

/** Makes ids from numbers and user ids, with the app's secret. */
export type Ids = {
  numberIdOf(identifier: EventIdentifier): NumberId;
  /** The id that a person with this number has on the list of an outage. */
  recipientIdOf(outage: Naming, identifier: EventIdentifier): RecipientId;
  /** A keyed digest of a text that may hold a number. */
  digestOf(text: string): string;
  /** The id of a number from its plain digest, by which earlier versions kept it. */
  fromPlain(digest: string): NumberId;
};

/**
 * Ids that only the holder of the secret can make. All numbers of a country can be hashed in seconds, so a plain digest
 * does not hide a number. Keyed digests of plain ones, so that the rows of earlier versions can be converted.
 */
export function keyedIds(secret: string): Ids {
  const digestOf = (text: string): string => createHmac('sha256', secret).update(text).digest('hex').slice(0, LENGTH);
  const fromPlain = (digest: string): NumberId => NumberId.parse(digestOf(digest));
  const numberIdOf = (identifier: EventIdentifier): NumberId => fromPlain(plainDigest(identifier));
  return {
    digestOf,
    fromPlain,
    numberIdOf,
    recipientIdOf: ({ ids }, identifier) =>
      RecipientId.parse(ids === 'keyed' ? numberIdOf(identifier) : plainDigest(identifier)),
  };
}

/** Hex digits: 80 bits, so that no two people of a list share an id. */
const LENGTH = 20;

const plainDigest = (identifier: EventIdentifier): string =>
  createHash('sha256').update(identityOf(identifier)).digest('hex').slice(0, LENGTH);
