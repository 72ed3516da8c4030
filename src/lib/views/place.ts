import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import type { Outage } from '../rules/outages/outage.ts';

/** Where in an outage's list to go on reading. Clients see it as an opaque cursor. */
const Place = z.object({ shard: z.number().int().nonnegative(), after: z.string() });
export type Place = z.infer<typeof Place>;

/** The beginning of every list. */
export const FIRST_PLACE: Place = { shard: 0, after: '' };

export const cursorOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws InvalidInputError, naming the parameter, if the cursor is not from an answer for this outage. */
export function placeOf(cursor: string, { shards }: Pick<Outage, 'shards'>, parameter: string): Place {
  const place = Place.safeParse(parsed(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (place.success && place.data.shard < shards) return place.data;
  throw new InvalidInputError('The recipients cannot be listed', [
    `${parameter}: must come from an earlier answer for this outage`,
  ]);
}

/** The place after a recipient of a shard, or after its last one. @returns undefined at the end of the list. */
export function placeAfter(
  { shard }: Place,
  after: string | undefined,
  { shards }: Pick<Outage, 'shards'>,
): Place | undefined {
  if (after !== undefined) return { shard, after };
  return shard + 1 < shards ? { shard: shard + 1, after: '' } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
