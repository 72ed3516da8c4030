import type { RecipientId } from '../calls/ids.ts';
import type { Outage } from './outage.ts';

/** One part of an outage's recipient list. `shard` counts from 0. The number of shards never changes. */
export type Shard = { readonly outageId: string; readonly shard: number };

type Sharded = Pick<Outage, 'id' | 'shards'>;

/** All shards of an outage, in order. */
export const shardsOf = ({ id: outageId, shards }: Sharded): Shard[] =>
  Array.from({ length: shards }, (_, shard) => ({ outageId, shard }));

/** All shards of an outage, beginning with this one. */
export function shardsFrom(outage: Sharded, { shard: first }: Shard): Shard[] {
  const shards = shardsOf(outage);
  return [...shards.slice(first), ...shards.slice(0, first)];
}

/** The shard that holds a recipient. */
export const shardOf = ({ id, shards }: Sharded, recipientId: RecipientId): Shard => ({
  outageId: id,
  shard: Number.parseInt(recipientId.slice(0, 8), 16) % shards,
});
