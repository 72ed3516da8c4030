import type { z } from 'zod';
import { StorageError } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import type { Columns } from './table-store.ts';

/**
 * Values become columns that a person can read in any storage browser: scalars as they are, and what is nested as
 * JSON in a column whose name ends in `Json`.
 */
export function toColumns(value: object): Columns {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => (typeof member === 'object' ? [`${name}Json`, JSON.stringify(member)] : [name, member])),
  );
}

/** @throws StorageError if the row is not what this version of the app writes. */
export function fromColumns<Schema extends z.ZodType>(schema: Schema, columns: Columns): z.infer<Schema> {
  const value = Object.fromEntries(
    Object.entries(columns).map(([name, cell]) =>
      name.endsWith('Json') && typeof cell === 'string' ? [name.slice(0, -4), JSON.parse(cell)] : [name, cell],
    ),
  );
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StorageError(`A row is not what this version of Ringdown writes: ${problemsOf(parsed.error).join('; ')}`);
}
