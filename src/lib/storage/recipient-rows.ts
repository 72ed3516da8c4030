import { RecipientId } from '../rules/calls/ids.ts';
import type { Due, Moved } from '../rules/outages/attempts.ts';
import type { Recipient } from '../rules/outages/recipient.ts';
import type { Shard } from '../rules/outages/shard.ts';
import { difference, type Tally, tallyOf } from '../rules/outages/tally.ts';
import { changed, newColumns } from './columns.ts';
import { endedRows } from './ended-calls.ts';
import { partitionOf } from './shard.ts';
import { ANY, type StoredRow, type Write } from './table-store.ts';

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
  /** The recipient's own time zone; '' if they have none. Rows of earlier versions do not say. */
  readonly zone?: string | undefined;
};

export const recipientKey = (recipientId: string): string => `recipient|${recipientId}`;
export const idIn = ({ rowKey }: StoredRow): string => rowKey.slice(recipientKey('').length);
export const dueKey = ({ kind, at }: Due, recipientId: string): string =>
  `due|${kind}|${at.toISOString()}|${recipientId}`;

/** Where a range begins that excludes this key, or ends that includes it: `!` sorts before every character of an id. */
export const afterKey = (rowKey: string): string => `${rowKey}!`;

export function toDueRow({ rowKey, columns }: StoredRow): DueRow {
  const [, , at = '', recipientId = ''] = rowKey.split('|');
  const { attempt, holder, zone } = columns;
  return {
    rowKey,
    recipientId: RecipientId.parse(recipientId),
    at: new Date(at),
    attempt: Number(attempt),
    holder: holder === undefined ? undefined : String(holder),
    zone: zone === undefined ? undefined : String(zone).slice(ZONE.length),
  };
}

/** Stands before the zone, because an empty column is no column. */
const ZONE = 'zone ';

type Owner = Omit<DueRow, 'rowKey' | 'at'>;

const ownerIn = ({ recipientId, attempt, line, timeZone = '' }: Recipient): Owner => ({
  recipientId,
  attempt,
  holder: line?.holder,
  zone: timeZone,
});

export const dueInsertion = (rowKey: string, { recipientId, attempt, holder, zone }: Owner): Write => ({
  kind: 'insert',
  rowKey,
  columns: newColumns({ recipientId, attempt, holder, ...zoneColumn(zone) }),
});

const zoneColumn = (zone: string | undefined): { zone?: string } => (zone === undefined ? {} : { zone: ZONE + zone });

/** Moves the due row of a waiting recipient, without reading the recipient: deleting the old row guards both. */
export function putOffRow(row: DueRow, until: Date): Write[] {
  const dueRow = dueKey({ kind: 'waiting', at: until }, row.recipientId);
  return [
    { kind: 'merge', rowKey: recipientKey(row.recipientId), columns: { dueRow }, etag: ANY },
    { kind: 'delete', rowKey: row.rowKey },
    dueInsertion(dueRow, row),
  ];
}

/**
 * Names a change of a recipient's row: each version of the row is changed once. What the change leads to would not do: a
 * recipient can be held back, called and held back again with the same results.
 */
export const changeOfVersion = ({ recipient: { recipientId }, etag }: StoredRecipient): string =>
  `${recipientId}|${etag.replace(/[^\w.:-]/g, '')}`;

/** The rows of a new recipient. */
export function insertion(recipient: Recipient, due: Due): Write[] {
  const { recipientId } = recipient;
  const dueRow = dueKey(due, recipientId);
  return [
    { kind: 'insert', rowKey: recipientKey(recipientId), columns: newColumns({ ...recipient, dueRow }) },
    dueInsertion(dueRow, ownerIn(recipient)),
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
    if (newKey) writes.push(dueInsertion(newKey, ownerIn(recipient)));
  } else if (newKey && recipient.timeZone !== before.recipient.timeZone) {
    writes.push({ kind: 'merge', rowKey: newKey, columns: zoneColumn(recipient.timeZone ?? ''), etag: ANY });
  }
  writes.push(...endedRows(before.recipient, after));
  return { after, writes, counted: difference(tallyOf(before.recipient), tallyOf(after)) };
}
