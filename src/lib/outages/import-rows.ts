import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';

/** A row of a list, by the names of its columns; `line` counts from 1. Or what is wrong with the row. */
export type Row = { readonly line: number } & ({ readonly cells: Cells } | { readonly problem: string });
export type Cells = Readonly<Record<string, string>>;

/** How a list may be written. */
export const LIST_TYPES = ['text/csv', 'application/x-ndjson'] as const;
export type ListType = (typeof LIST_TYPES)[number];

/** A list may be as long as the Functions host lets pass, nearly. Bytes. */
export const MAX_LIST = 100_000_000;

/**
 * A row that is longer is none: whatever is sent, memory stays flat, and as many as go into one transaction are within its 4 MiB,
 * however they are escaped. Characters.
 */
const MAX_ROW = 8 * 1024;

/**
 * The rows of a list as they arrive, one in memory at a time.
 * @throws InvalidInputError naming the line from which on the list cannot be read.
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
  // A broken upload ends the parser too, so that the loop below throws what this promise would.
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

/** Told once of the whole list, not of each row: a header without our columns is a wrong separator or a wrong file. */
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

/** By line feeds only: other ends of lines may stand in a JSON text. Whoever takes a line decides whether it is too long. */
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

/** A cell of JSON: text, or what has a text of its own. */
const Cell = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be a text or a number' })
  .transform((value) => (value === null ? '' : String(value).trim()));

const JsonRow = z.record(z.string(), Cell, { error: 'must be an object' });

function jsonRow(text: string): { cells: Cells } | { problem: string } {
  const row = JsonRow.safeParse(parsed(text));
  if (row.success) return { cells: row.data };
  const [issue] = row.error.issues;
  const column = issue?.path[0];
  return { problem: column === undefined ? 'is no JSON object' : `${String(column)}: ${issue?.message}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
