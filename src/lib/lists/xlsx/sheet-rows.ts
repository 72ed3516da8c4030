import { MAX_ROW, type ReadRow, TOO_LONG } from '../row.ts';
import { unreadable } from './archive.ts';
import type { NumberText } from './number-text.ts';
import { type Attributes, type Elements, readWholeXml, readXml } from './xml.ts';

/** The largest sheet that Excel has, rows. */
const MAX_ROWS = 1_048_576;

/** What cells refer to. */
export type Shared = { readonly strings: readonly string[]; readonly numberText: NumberText };

/** The texts that cells share, in their order, without their formats and readings. */
export async function stringsIn(part: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const strings: string[] = [];
  const text = new RichText();
  await readWholeXml(part, {
    open: (name) => text.open(name),
    close: (name, content) => {
      text.close(name, content);
      if (name === 'si') strings.push(text.take());
    },
  });
  return strings;
}

/**
 * The rows of a sheet while it is unpacked, with those of hidden rows and columns. `line` is the number of the row in
 * the sheet. Empty rows are left out.
 */
export async function* rowsOfSheet(part: AsyncIterable<Uint8Array>, shared: Shared): AsyncGenerator<ReadRow> {
  const reader = new RowReader(shared);
  for await (const _ of readXml(part, reader)) yield* reader.take();
}

/** The text of `t` elements: all runs of a rich text, but no phonetic reading of it (`rPh`). */
class RichText {
  #text = '';
  #isReading = false;

  open(name: string): void {
    if (name === 'rPh') this.#isReading = true;
  }

  close(name: string, content: string): void {
    if (name === 'rPh') this.#isReading = false;
    if (name === 't' && !this.#isReading) this.#text += content;
  }

  take(): string {
    const text = this.#text.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    this.#text = '';
    return text.trim();
  }
}

/** How Excel writes characters that XML cannot have (ECMA-376, part 1, 22.9.2.19). */
const ESCAPED = /_x([0-9a-f]{4})_/gi;

type Cell = { readonly column: number; readonly type: string | undefined; readonly style: number; value: string };

class RowReader implements Elements {
  readonly #shared: Shared;
  readonly #inline = new RichText();
  #rows: ReadRow[] = [];
  #line = 0;
  #count = 0;
  #cells: string[] = [];
  #length = 0;
  /** Columns of the row so far, with empty ones. */
  #column = 0;
  #cell: Cell | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The rows that were completed since the last time. */
  take(): ReadRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  readonly open = (name: string, attributes: Attributes): void => {
    if (name === 'row') this.#beginRow(attributes);
    else if (name === 'c') this.#beginCell(attributes);
    else this.#inline.open(name);
  };

  readonly close = (name: string, text: string): void => {
    if (name === 'v' && this.#cell) this.#cell.value = text;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
    else this.#inline.close(name, text);
  };

  #beginRow({ r }: Attributes): void {
    this.#line = r === undefined ? this.#line + 1 : Number(r);
    if (++this.#count > MAX_ROWS) throw unreadable(`it has more rows than a spreadsheet, ${MAX_ROWS}`);
    this.#cells = [];
    this.#length = 0;
    this.#column = 0;
  }

  #beginCell({ r, t, s }: Attributes): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r);
    this.#cell = { column: this.#column, type: t, style: Number(s ?? 0), value: '' };
  }

  #endCell(): void {
    const text = this.#cell ? this.#textOf(this.#cell) : '';
    this.#cell = undefined;
    if (text === '') return;
    this.#length = Math.max(this.#length, this.#column) + text.length;
    if (this.#length > MAX_ROW) return;
    while (this.#cells.length < this.#column - 1) this.#cells.push('');
    this.#cells[this.#column - 1] = text;
  }

  #textOf({ type, style, value }: Cell): string {
    const inline = this.#inline.take();
    if (type === 'inlineStr') return inline;
    if (type === 's') return this.#shared.strings[Number(value)] ?? '';
    if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
    const isNumber = value !== '' && (type === undefined || type === 'n');
    return isNumber ? this.#shared.numberText(value, style) : value.trim();
  }

  #endRow(): void {
    if (this.#length > MAX_ROW) this.#rows.push({ line: this.#line, cells: [], problem: TOO_LONG });
    else if (this.#cells.length > 0) this.#rows.push({ line: this.#line, cells: this.#cells });
  }
}

/** The number of a cell's column, from 1: that of `AB12` is 28. */
function columnOf(cell: string): number {
  let column = 0;
  for (let at = 0; at < cell.length; at++) {
    const letter = cell.charCodeAt(at) & 0xdf;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  return column;
}
