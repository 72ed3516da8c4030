import { StorageError } from '../base/errors.ts';
import type { StoredRow, TableName } from './table-store.ts';

/** A row whose known part cannot be read. Its key holds no phone number and no name. */
export type SetAside = {
  readonly table: TableName;
  readonly partition: string;
  readonly rowKey: string;
  readonly reason: string;
};

const LISTENERS = new Set<(row: SetAside) => void>();

/** Calls `told` for each row that is set aside from now on. */
export const onSetAside = (told: (row: SetAside) => void): void => void LISTENERS.add(told);

/**
 * Reads the rows of a list. A row that cannot be read is set aside: reported, left as it is, and left out, so that it
 * stops nobody else.
 */
export function readable<Value>(
  table: TableName,
  partition: string,
  rows: readonly StoredRow[],
  read: (row: StoredRow) => Value,
): Value[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const { rowKey } = row;
      for (const told of LISTENERS) told({ table, partition, rowKey, reason: error.message });
      return [];
    }
  });
}
