import type { z } from 'zod';
import { StorageError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import type { Cell, Columns } from './table-store.ts';

/**
 * A string column holds 32K characters (platform docs: Table service data model). Longer JSON takes several columns.
 */
const MAX_CHARACTERS = 32_000;

/**
 * Turns a value into columns that a person can read in any storage browser. Scalars stay as they are; a nested value
 * becomes JSON in a column whose name ends in `Json`, and in `Json_1`, `Json_2` … if it is too long for one.
 */
export function toColumns(value: object): Columns {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .flatMap(([name, member]) => (typeof member === 'object' ? jsonColumns(name, member) : [[name, member]])),
  );
}

function jsonColumns(name: string, member: unknown): [string, string][] {
  const json = JSON.stringify(member);
  const parts = Math.max(1, Math.ceil(json.length / MAX_CHARACTERS));
  return Array.from({ length: parts }, (_, part) => [
    part === 0 ? `${name}Json` : `${name}Json_${part}`,
    json.slice(part * MAX_CHARACTERS, (part + 1) * MAX_CHARACTERS),
  ]);
}

/** @throws StorageError if the row does not fit the schema. */
export function fromColumns<Schema extends z.ZodType>(schema: Schema, columns: Columns): z.infer<Schema> {
  const value = Object.fromEntries(Object.entries(columns).flatMap(([name, cell]) => member(name, cell, columns)));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StorageError(`A stored row does not fit this version of Ringdown: ${problemsOf(parsed.error).join('; ')}`);
}

function member(name: string, cell: Cell | undefined, columns: Columns): [string, unknown][] {
  if (/Json_\d+$/.test(name)) return [];
  if (!name.endsWith('Json') || typeof cell !== 'string') return [[name, cell]];
  let json = cell;
  for (let part = 1; `${name}_${part}` in columns; part++) json += columns[`${name}_${part}`];
  return [[name.slice(0, -4), parseJson(name, json)]];
}

/** Hides the parser's own message, which may quote personal data. */
function parseJson(name: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new StorageError(`A stored row does not fit this version of Ringdown: ${name}: is not JSON`);
  }
}
