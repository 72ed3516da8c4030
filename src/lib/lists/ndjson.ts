import { z } from 'zod';
import { notJson } from '../base/json-text.ts';
import { masked } from '../base/masking.ts';
import { MAX_ROW, type ReadRow, TOO_LONG } from './row.ts';

/** A row with the names of its cells. */
export type NamedRow = ReadRow & { readonly names: readonly string[] };

/** The rows of NDJSON: one object a line. */
export async function* rowsOfNdjson(text: AsyncIterable<string>): AsyncGenerator<NamedRow> {
  let line = 0;
  for await (const row of linesOf(text)) {
    line++;
    if (row.length > MAX_ROW) yield { line, names: [], cells: [], problem: TOO_LONG };
    else if (row.trim() !== '') yield { line, ...jsonRow(row) };
  }
}

/** Splits at line feeds only: JSON text may contain other line separators. Keeps at most the beginning of a line that is too long. */
async function* linesOf(text: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_ROW + 1);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** A JSON cell, converted to text. */
const Cell = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be a text or a number' })
  .transform((value) => (value === null ? '' : String(value).trim()));

const JsonRow = z.record(z.string(), Cell, { error: 'must be an object' });

function jsonRow(text: string): Omit<NamedRow, 'line'> {
  const json = parsed(text);
  if (json === undefined) return { names: [], cells: [text], problem: notJson(text) };
  const row = JsonRow.safeParse(json);
  if (row.success) return { names: Object.keys(row.data), cells: Object.values(row.data) };
  const [issue] = row.error.issues;
  const column = issue?.path[0];
  const problem = column === undefined ? 'is not a JSON object' : `${masked(String(column))}: ${issue?.message}`;
  return { names: [], cells: [text], problem };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
