import type { Shard } from '../rules/outages/shard.ts';
import type { TableName } from './table-store.ts';

/**
 * A shard is one partition, so that rows that belong together change in one transaction. Its rows, in the order of
 * their keys; the order puts all rows that a count needs into one range:
 *
 * `activity|<minute>`             counts of the attempts that ended in this minute
 * `count|all`, `count|change|…`   sums, and changes to add to them; see tallies.ts
 * `due|leased|<time>|<id>`        a recipient with an attempt in progress
 * `due|waiting|<time>|<id>`       a recipient to be called
 * `ended|<time>|<id>|<attempt>`   an attempt that ended; newest first
 * `recipient|<id>`                a recipient
 */
export const partitionOf = ({ outageId, shard }: Shard): string => `${outageId}|${shard}`;

export const SHARDS_TABLE: TableName = 'Recipients';
