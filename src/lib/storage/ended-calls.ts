import { z } from 'zod';
import { Identifier } from '../call-automation/identifiers.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { AttemptResult } from '../rules/outages/retry.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { fromColumns, toColumns } from './columns.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { startingWith, type TableStore, type Write } from './table-store.ts';

/** An attempt that ended, with what a list of calls says of it. */
export const EndedCall = AttemptResult.extend({
  recipientId: z.string(),
  identifier: Identifier,
  name: z.string().optional(),
});
export type EndedCall = z.infer<typeof EndedCall>;

/** The attempts of an outage that ended, the newest first: written with the recipient's own row, at no request. */
export class EndedCalls {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** The latest of a shard. One request. @param limit at most 1000. */
  async latest(shard: Shard, limit: number): Promise<EndedCall[]> {
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith(ENDED), limit);
    return rows.map(({ columns }) => fromColumns(EndedCall, columns));
  }
}

/** The rows of attempts that have ended with this change, or of which something better was learnt. */
export function endedRows(before: Recipient, { recipientId, identifier, name, results }: Recipient): Write[] {
  const isKnown = ({ attempt, outcome }: AttemptResult): boolean =>
    before.results.some((other) => other.attempt === attempt && other.outcome === outcome);
  return results
    .filter((result) => !isKnown(result))
    .map((result) => ({
      kind: 'upsert',
      rowKey: `${ENDED}${newestFirst(result.at)}|${recipientId}|${result.attempt}`,
      columns: toColumns({ recipientId, identifier, name, ...result } satisfies EndedCall),
    }));
}

const ENDED = 'ended|';
/** Milliseconds until a day in the year 2286: what is later sorts first. */
const newestFirst = (at: string): string => String(9_999_999_999_999 - Date.parse(at)).padStart(13, '0');
