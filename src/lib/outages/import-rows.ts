import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { masked } from '../base/masking.ts';

/** A row with its cells by column name, or what is wrong with it. `line` counts from 1. */
export type Row = { readonly line: number } & ({ readonly cells: Cells } | { readonly problem: string });
export type Cells = Readonly<Record<string, string>>;

/** Supported content types of a list. */
export const LIST_TYPES = ['text/csv', 'application/x-ndjson'] as const;
export type ListType = (typeof LIST_TYPES)[number];

/**
 * Longest row, in characters. It bounds memory, and keeps a full transaction below 4 MiB even if every character is
 * escaped.
 */
const MAX_ROW = 8 * 1024;

/**
 * Yields the rows of a list as they arrive, with one row in memory at a time.
 * @throws InvalidInputError naming the line at which reading failed.
 */
export const rowsOf = (list: AsyncIterable<Uint8Array>, type: ListType): AsyncIterable<Row> => READERS[type](list);

const READERS: Readonly<Record<ListType, (list: AsyncIterable<Uint8Array>) => AsyncIterable<Row>>> = {
  'text/csv': rowsOfCsv,
  'application/x-ndjson': rowsOfNdjson,
};

async function* rowsOfCsv(list: AsyncIterable<Uint8Array>): AsyncIterable<Row> {
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    max_record_size: MAX_ROW,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  // A broken upload also ends the parser, so the loop below throws the same error.
  pipeline(list, parser).catch(() => undefined);
  try {
    for await (const { info, record } of parser) {
      mustName(Object.keys(record));
      yield { line: info.lines, cells: record };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidInputError('The list is not a CSV', [`line ${cause['lines']}: ${cause.code}`], { cause });
  }
}

/** Reject the whole list once, not each row: without our columns, the separator or the file is wrong. */
function mustName(columns: readonly string[]): void {
  if (columns.includes('phone') || columns.includes('communicationUserId')) return;
  throw new InvalidInputError('The list has no column phone or communicationUserId', [
    `its header row has ${columns.length} columns; they are separated by commas, and the first row names them`,
  ]);
}

async function* rowsOfNdjson(list: AsyncIterable<Uint8Array>): AsyncIterable<Row> {
  let line = 0;
  for await (const text of linesOf(list)) {
    line++;
    if (text.length > MAX_ROW) throw new InvalidInputError('The list is not NDJSON', [`line ${line}: is too long`]);
    if (text.trim() !== '') yield { line, ...jsonRow(text) };
  }
}

/** Splits at line feeds only: JSON text may contain other line separators. The caller checks the length. */
async function* linesOf(list: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of list) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_ROW) break;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** A JSON cell, converted to text. */
const Cell = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be a text or a number' })
  .transform((value) => (value === null ? '' : String(value).trim()));

const JsonRow = z.record(z.string(), Cell, { error: 'must be an object' });

function jsonRow(text: string): { cells: Cells } | { problem: string } {
  const row = JsonRow.safeParse(parsed(text));
  if (row.success) return { cells: row.data };
  const [issue] = row.error.issues;
  const column = issue?.path[0];
  return { problem: column === undefined ? 'is not a JSON object' : `${masked(String(column))}: ${issue?.message}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
