import type { z } from 'zod';
import { StorageError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import type { Cell, Columns } from './table-store.ts';

/**
 * A string column holds 32K characters (platform docs: Table service data model). Longer JSON takes several columns.
 */
const MAX_CHARACTERS = 32_000;

const FURTHER_PART = /Json_\d+$/;

/**
 * Turns a value into columns that a person can read in any storage browser. Scalars stay as they are; a nested value
 * becomes JSON in a column whose name ends in `Json`, and in `Json_1`, `Json_2` … if it is too long for one.
 */
export function toColumns(value: object): Columns {
  const columns: { [column: string]: Cell } = {};
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'object') addJson(columns, `${name}Json`, JSON.stringify(member));
    else if (member !== undefined) columns[name] = member;
  }
  return columns;
}

function addJson(columns: { [column: string]: Cell }, name: string, json: string): void {
  columns[name] = json.slice(0, MAX_CHARACTERS);
  for (let part = 1; part * MAX_CHARACTERS < json.length; part++) {
    columns[`${name}_${part}`] = json.slice(part * MAX_CHARACTERS, (part + 1) * MAX_CHARACTERS);
  }
}

/** @throws StorageError if the row does not fit the schema. */
export function fromColumns<Schema extends z.ZodType>(schema: Schema, columns: Columns): z.infer<Schema> {
  const value: { [member: string]: unknown } = {};
  for (const [name, cell] of Object.entries(columns)) {
    if (typeof cell === 'string' && name.endsWith('Json')) {
      value[name.slice(0, -'Json'.length)] = parseJson(name, jsonIn(columns, name));
    } else if (!FURTHER_PART.test(name)) value[name] = cell;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StorageError(`A stored row does not fit this version of Ringdown: ${problemsOf(parsed.error).join('; ')}`);
}

function jsonIn(columns: Columns, name: string): string {
  let json = String(columns[name]);
  for (let part = 1; `${name}_${part}` in columns; part++) json += columns[`${name}_${part}`];
  return json;
}

/** Hides the parser's own message, which may quote personal data. */
function parseJson(name: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new StorageError(`A stored row does not fit this version of Ringdown: ${name}: is not JSON`);
  }
}
