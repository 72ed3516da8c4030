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

/** Columns of a new row say which version of the rows' format wrote it. A change leaves it as it is. */
const ROW_VERSION = 1;

/** The columns of a new row. */
export const newColumns = (value: object): Columns => ({ ...toColumns(value), version: ROW_VERSION });

/**
 * The columns of a row that may exist: those of a new row, and '' for the scalar members of the schema that the value
 * has not, so that nothing of an earlier value stays.
 */
export const wholeColumns = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, value: object): Columns => ({
  ...Object.fromEntries(Object.keys(schema.shape).map((name) => [name, name in value ? undefined : ''])),
  ...newColumns(value),
});

/** The row that a value was read from, so that a change of the value keeps what this version does not know. */
const ROWS = new WeakMap<object, Columns>();

/**
 * Reads a row. Columns and members that the schema does not know are left out; `changed` keeps them.
 * @throws StorageError if the known part of the row does not fit the schema.
 */
export function fromColumns<Schema extends z.ZodType<object>>(schema: Schema, columns: Columns): z.infer<Schema> {
  const value = knownPart(schema, membersOf(columns));
  ROWS.set(value, columns);
  return value;
}

/**
 * The columns to merge into a row so that it holds `after`. Leaves out columns that `before` has too, and columns that
 * this version does not know. Within JSON, unknown members are kept. A member that goes away becomes ''.
 * @param before the value as read, not a copy of it: only that one remembers its row.
 */
export function changed(before: object, after: object): Columns {
  const row = ROWS.get(before) ?? toColumns(before);
  const [raw, known, next] = [membersOf(row), entriesOf(before), entriesOf(after)];
  const names = [...new Set([...Object.keys(known), ...Object.keys(next)])];
  const columns = Object.assign(
    {},
    ...names
      .filter((name) => !isSame(known[name], next[name]))
      .flatMap((name) => [emptied(row, name), toColumns({ [name]: withUnknown(raw[name], known[name], next[name]) })]),
  );
  ROWS.set(after, { ...row, ...columns });
  return columns;
}

/** Empties the columns of a member. */
const emptied = (row: Columns, member: string): Columns =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, cell]) =>
      cell !== '' && name.replace(/Json(_\d+)?$/, '') === member ? [[name, '']] : [],
    ),
  );

const entriesOf = (value: object): Record<string, unknown> => Object.fromEntries(Object.entries(value));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `after`, with what `raw` has and `known`, which was read from it, has not. */
function withUnknown(raw: unknown, known: unknown, after: unknown): unknown {
  if (isSame(known, after)) return raw;
  if (isRecord(raw) && isRecord(known) && isRecord(after)) {
    const unknown = Object.entries(raw).filter(([name]) => !(name in known));
    const next = Object.entries(after).map(([name, value]) => [name, withUnknown(raw[name], known[name], value)]);
    return Object.fromEntries([...unknown, ...next]);
  }
  if (Array.isArray(raw) && Array.isArray(known) && Array.isArray(after)) {
    // An item that did not change is found wherever it is now. Another one is compared with the item at its place.
    return after.map((item: unknown, index) => {
      const at = known.findIndex((other) => isSame(other, item));
      return at >= 0 ? raw[at] : withUnknown(raw[index], known[index], item);
    });
  }
  return after;
}

/** Parses a value without its unknown members, where the schema forbids them. */
function knownPart<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const strictly = schema.safeParse(value);
  if (strictly.success) return strictly.data;
  const unknown = strictly.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
  const parsed = schema.safeParse(unknown.reduce(without, value));
  if (parsed.success) return parsed.data;
  throw new StorageError(`A stored row does not fit this version of Ringdown: ${problemsOf(parsed.error).join('; ')}`);
}

/** The value without the member at this path. */
function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === key ? without(item, rest) : item));
  if (!isRecord(value)) return value;
  const others = Object.entries(value).filter(([name]) => name !== key || rest.length > 0);
  return Object.fromEntries(others.map(([name, member]) => [name, name === key ? without(member, rest) : member]));
}

/** The members that columns hold. An empty column is an absent member: a merge cannot remove a column. */
function membersOf(columns: Columns): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(columns)) {
    if (cell === '') continue;
    if (typeof cell === 'string' && name.endsWith('Json')) {
      value[name.slice(0, -'Json'.length)] = parseJson(name, jsonIn(columns, name));
    } else if (!FURTHER_PART.test(name)) value[name] = cell;
  }
  return value;
}

function jsonIn(columns: Columns, name: string): string {
  let json = String(columns[name]);
  for (let part = 1; columns[`${name}_${part}`]; part++) json += columns[`${name}_${part}`];
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
