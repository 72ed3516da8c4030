import { z } from 'zod';
import { Identifier } from '../call-automation/identifiers.ts';
import { RecipientId } from '../rules/calls/ids.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import { AttemptResult } from '../rules/outages/retry.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { fromColumns, wholeColumns } from './columns.ts';
import { readable } from './set-aside.ts';
import { partitionOf, SHARDS_TABLE } from './shard.ts';
import { startingWith, type TableStore, type Write } from './table-store.ts';

/** An attempt that ended, with the recipient that a list of calls shows. */
export const EndedCall = AttemptResult.extend({
  recipientId: RecipientId,
  identifier: Identifier,
  name: z.string().optional(),
});
export type EndedCall = z.infer<typeof EndedCall>;

/**
 * The ended attempts of a shard, newest first. They are written in the recipient's own transaction, without a further
 * request.
 */
export class EndedCalls {
  readonly #tables: TableStore;
  constructor(tables: TableStore) {
    this.#tables = tables;
  }

  /** The latest ended attempts of a shard. One request. @param limit at most 1000. */
  async latest(shard: Shard, limit: number): Promise<EndedCall[]> {
    const rows = await this.#tables.query(SHARDS_TABLE, partitionOf(shard), startingWith(ENDED), limit);
    return readable(SHARDS_TABLE, partitionOf(shard), rows, ({ columns }) => fromColumns(EndedCall, columns));
  }
}

/** The rows of attempts that end with this change, or whose outcome it improves. */
export function endedRows(before: Recipient, { recipientId, identifier, name, results }: Recipient): Write[] {
  const isKnown = ({ attempt, outcome }: AttemptResult): boolean =>
    before.results.some((other) => other.attempt === attempt && other.outcome === outcome);
  return results
    .filter((result) => !isKnown(result))
    .map((result) => ({
      kind: 'upsert',
      rowKey: `${ENDED}${newestFirst(result.at)}|${recipientId}|${result.attempt}`,
      columns: wholeColumns(EndedCall, { recipientId, identifier, name, ...result } satisfies EndedCall),
    }));
}

export const ENDED = 'ended|';
/** Milliseconds until a day in the year 2286: later times sort first. */
const newestFirst = (at: string): string => String(9_999_999_999_999 - Date.parse(at)).padStart(13, '0');
