import type { Columns, TableStore, Write } from '../../src/lib/storage/table-store.ts';
import type { RowChange } from './stores.ts';

/** A next version of the app, which runs beside this one and writes what this one does not know. */

/** The column and the JSON member that only the next version knows. */
const NEXT = 'nextVersion';

const WATCHED = /^(recipient\||outage\||line\||number\||request\||leg$)/;

/** Tables as the next version writes to them: with a further column, and a further member in each JSON object. */
export const asNextVersion = (tables: TableStore): TableStore => writing(tables, withMore);

/** Tables through which a change of a row loses the column that only the next version knows. */
export const forgetful = (tables: TableStore): TableStore => writing(tables, (columns) => ({ [NEXT]: '', ...columns }));

const writing = (tables: TableStore, change: (columns: Columns) => Columns): TableStore => ({
  get: (...asked) => tables.get(...asked),
  query: (...asked) => tables.query(...asked),
  scan: (...asked) => tables.scan(...asked),
  commit: (table, partition, writes) =>
    tables.commit(
      table,
      partition,
      writes.map((write): Write => {
        if (write.kind === 'delete' || !WATCHED.test(write.rowKey)) return write;
        return { ...write, columns: change(write.columns) };
      }),
    ),
});

function withMore(columns: Columns): Columns {
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
