import type { Shard } from '../rules/outages/shard.ts';
import type { TableName } from './table-store.ts';

/**
 * One part of an outage's list is one partition, so that whatever changes together changes in one transaction. Its rows, in the
 * order of their keys, which is such that one range holds what is counted together:
 *
 * `activity|<minute>`             attempts that ended in that minute
 * `count|all`, `count|change|…`   how many there are; see tallies.ts
 * `due|leased|<time>|<id>`        a recipient whose attempt is under way
 * `due|waiting|<time>|<id>`       a recipient to be called
 * `ended|<time>|<id>|<attempt>`   an attempt that ended; the newest first
 * `recipient|<id>`                a recipient
 */
export const partitionOf = ({ outageId, shard }: Shard): string => `${outageId}|${shard}`;

export const SHARDS_TABLE: TableName = 'Recipients';
