import type { Columns, TableStore, Write } from '../../src/lib/storage/table-store.ts';
import type { RowChange } from './stores.ts';

/** A next version of the app, which runs beside this one and writes what this one does not know. */

/** The column and the JSON member that only the next version knows. */
export const NEXT = 'nextVersion';

/** Due rows and changes of counts are deleted and made anew, so nothing that must last may be in them (docs/adr/0025). */
const WATCHED =
  /^(recipient\||ended\||activity\||count\|all|outage\||open\||tick$|woken$|line\||number\||request\||leg$|event\||action\|)/;

/** Tables as the next version writes to them: with a further column, and a further member in each JSON object. */
export const asNextVersion = (tables: TableStore): TableStore => writing(tables, withMore);

/** Tables through which a change of a row loses the column that only the next version knows. */
export const forgetful = (tables: TableStore): TableStore => writing(tables, (columns) => ({ [NEXT]: '', ...columns }));

/** Says what its recipient's row says, so a member of its JSON that is not known is left out. A column of its own stays. */
const COPIED = /^ended\|/;

const writing = (tables: TableStore, change: (columns: Columns, isCopied: boolean) => Columns): TableStore => ({
  get: (...asked) => tables.get(...asked),
  query: (...asked) => tables.query(...asked),
  scan: (...asked) => tables.scan(...asked),
  commit: (table, partition, writes) =>
    tables.commit(
      table,
      partition,
      writes.map((write): Write => {
        if (write.kind === 'delete' || !WATCHED.test(write.rowKey)) return write;
        return { ...write, columns: change(write.columns, COPIED.test(write.rowKey)) };
      }),
    ),
});

function withMore(columns: Columns, isCopied: boolean): Columns {
  if (isCopied) return { ...columns, [NEXT]: 'column' };
  const more = Object.entries(columns).map(([name, cell]) => {
    const isObject = name.endsWith('Json') && typeof cell === 'string' && cell.startsWith('{') && cell.endsWith('}');
    return [name, isObject ? JSON.stringify({ ...JSON.parse(cell), [NEXT]: true }) : cell] as const;
  });
  return { ...Object.fromEntries(more), [NEXT]: 'column' };
}

/** The columns in which a change lost what the next version had written. A member that went away is no loss. */
export function lostIn({ before = {}, after }: RowChange): string[] {
  if (!after) return [];
  return Object.entries(before)
    .filter(([name, cell]) => (name === NEXT ? cell !== '' && after[name] !== cell : isMemberLost(cell, after[name])))
    .map(([name]) => name);
}

const MEMBER = `"${NEXT}":true`;

const isMemberLost = (before: unknown, after: unknown): boolean =>
  String(before).includes(MEMBER) && after !== undefined && after !== '' && !String(after).includes(MEMBER);
