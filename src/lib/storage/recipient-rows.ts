import { RecipientId } from '../rules/calls/ids.ts';
import type { Due, Moved } from '../rules/outages/attempts.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { difference, type Tally, tallyOf } from '../rules/outages/tally.ts';
import { changed, newColumns } from './columns.ts';
import { endedRows } from './ended-calls.ts';
import { partitionOf } from './shard.ts';
import type { StoredRow, Write } from './table-store.ts';

/** The rows of a recipient: their keys, and what a change writes. */

/** A recipient as read, with the ETag that a change needs. */
export type StoredRecipient = { readonly recipient: Recipient; readonly etag: string };

/** A recipient as read, and the change to write. */
export type Change = { readonly before: StoredRecipient; readonly moved: Moved };

/** Where a recipient's row is. */
export type Place = Shard & Pick<Recipient, 'recipientId'>;
export const nameOf = (place: Place): string => `${partitionOf(place)}|${place.recipientId}`;

/** The row that says when a recipient must be looked at. */
export type DueRow = {
  readonly rowKey: string;
  readonly recipientId: RecipientId;
  readonly at: Date;
  /** The number of the last attempt, 0 before the first. */
  readonly attempt: number;
  /** The name on the line that the attempt in progress holds. */
  readonly holder?: string | undefined;
};

export const recipientKey = (recipientId: string): string => `recipient|${recipientId}`;
export const idIn = ({ rowKey }: StoredRow): string => rowKey.slice(recipientKey('').length);
export const dueKey = ({ kind, at }: Due, recipientId: string): string =>
  `due|${kind}|${at.toISOString()}|${recipientId}`;

/** Where a range begins that excludes this key, or ends that includes it: `!` sorts before every character of an id. */
export const afterKey = (rowKey: string): string => `${rowKey}!`;

export function toDueRow({ rowKey, columns }: StoredRow): DueRow {
  const [, , at = '', recipientId = ''] = rowKey.split('|');
  const holder = columns['holder'] === undefined ? undefined : String(columns['holder']);
  return {
    rowKey,
    recipientId: RecipientId.parse(recipientId),
    at: new Date(at),
    attempt: Number(columns['attempt']),
    holder,
  };
}

type Owner = Pick<Recipient, 'recipientId' | 'attempt' | 'line'>;

export const dueInsertion = (rowKey: string, { recipientId, attempt, line }: Owner): Write => ({
  kind: 'insert',
  rowKey,
  columns: newColumns({ recipientId, attempt, ...(line?.holder !== undefined && { holder: line.holder }) }),
});

/**
 * Names a recipient's results and outcome. No recipient has the same ones twice: a result is only added, or replaced by
 * a better one.
 */
export const standingOf = ({ recipientId, results, outcome }: Recipient): string =>
  `${recipientId}|${results.map((result) => `${result.attempt}.${result.outcome}`).join('+')}|${outcome ?? ''}`;

/** The rows of a new recipient. */
export function insertion(recipient: Recipient, due: Due): Write[] {
  const { recipientId } = recipient;
  const dueRow = dueKey(due, recipientId);
  return [
    { kind: 'insert', rowKey: recipientKey(recipientId), columns: newColumns({ ...recipient, dueRow }) },
    dueInsertion(dueRow, recipient),
  ];
}

/** What a recipient's change writes, and what it adds to the counts. */
export function changeOf(
  before: StoredRecipient,
  { recipient, due }: Moved,
): { after: Recipient; writes: Write[]; counted: Tally | undefined } {
  const { recipientId } = recipient;
  const oldKey = before.recipient.dueRow;
  const newKey = due === 'unchanged' ? oldKey : due === 'none' ? undefined : dueKey(due, recipientId);
  const after = { ...recipient, dueRow: newKey };
  const writes: Write[] = [
    { kind: 'merge', rowKey: recipientKey(recipientId), columns: changed(before.recipient, after), etag: before.etag },
  ];
  if (oldKey !== newKey) {
    if (oldKey) writes.push({ kind: 'delete', rowKey: oldKey });
    if (newKey) writes.push(dueInsertion(newKey, recipient));
  }
  writes.push(...endedRows(before.recipient, after));
  return { after, writes, counted: difference(tallyOf(before.recipient), tallyOf(after)) };
}
