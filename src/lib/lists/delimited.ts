import { MAX_ROW, type ReadRow, TOO_LONG } from './row.ts';

/** The separators of cells that lists use. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Splits a text into rows and cells as Excel writes them: a cell in quotes may hold the delimiter, line ends and doubled
 * quotes. Rows end with `\n`, `\r\n` or `\r`. Cells are trimmed, empty rows are left out. A stray quote is a problem of
 * its row only: reading goes on with the next line.
 * @param delimiterOf finds the delimiter by the first row, if no line `sep=;` names it.
 */
export async function* rowsOfDelimited(
  text: AsyncIterable<string>,
  delimiterOf: (row: string) => string,
): AsyncGenerator<ReadRow> {
  const splitter = new Splitter(delimiterOf);
  for await (const piece of text) yield* splitter.rows(piece, false);
  yield* splitter.rows('', true);
}

/** What was read from a place in the text on; `lines` and `end` say where reading goes on. */
type Read = { readonly row?: Omit<ReadRow, 'line'>; readonly lines: number; readonly end: number };
type Line = { readonly text: string; readonly end: number };

class Splitter {
  readonly #delimiterOf: (row: string) => string;
  #delimiter: string | undefined;
  /** Cells of the first row. */
  #width: number | undefined;
  #text = '';
  #line = 1;
  /** Within a line that is too long. */
  #isSkipping = false;

  constructor(delimiterOf: (row: string) => string) {
    this.#delimiterOf = delimiterOf;
  }

  /** The rows that end in this piece. */
  *rows(piece: string, isLast: boolean): Generator<ReadRow> {
    this.#text += piece;
    let at = 0;
    for (let read = this.#read(at, isLast); read; read = this.#read(at, isLast)) {
      if (read.row) yield { line: this.#line, ...read.row };
      this.#line += read.lines;
      at = read.end;
    }
    this.#text = this.#text.slice(at);
  }

  /** @returns undefined if the next row has not arrived completely. */
  #read(at: number, isLast: boolean): Read | undefined {
    const line = this.#lineAt(at, isLast);
    if (!line) return this.#text.length - at > MAX_ROW ? this.#tooLong() : undefined;
    const rest = { lines: 1, end: line.end };
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return rest;
    }
    if (line.text.length > MAX_ROW) return { row: { cells: [], problem: TOO_LONG }, ...rest };
    if (line.text.trim() === '') return rest;
    if (this.#delimiter === undefined) {
      this.#delimiter = /^"?sep=(.)"?$/i.exec(line.text)?.[1];
      if (this.#delimiter !== undefined) return rest;
      this.#delimiter = this.#delimiterOf(line.text);
    }
    if (line.text.includes('"')) return this.#quoted(at, line, isLast);
    return { ...this.#row(line.text.split(this.#delimiter).map(trim)), ...rest };
  }

  #lineAt(at: number, isLast: boolean): Line | undefined {
    const text = this.#text;
    if (at >= text.length) return undefined;
    const end = endOfLine(text, at);
    // The line feed of a `\r\n` may be in the next piece.
    const isCut = end === text.length || (text[end] === '\r' && end + 1 === text.length);
    if (isCut && !isLast) return undefined;
    return { text: text.slice(at, end), end: afterLineEnd(text, end) };
  }

  /** Reads on to the end of a line of which only the beginning is in memory. */
  #tooLong(): Read {
    const row = this.#isSkipping ? undefined : { cells: [], problem: TOO_LONG };
    this.#isSkipping = true;
    const end = this.#text.length - (this.#text.endsWith('\r') ? 1 : 0);
    return { ...(row && { row }), lines: 0, end };
  }

  /** A row without its trailing empty cells, if it has others; the first one says how many cells a row has. */
  #row(cells: readonly string[]): { row?: Omit<ReadRow, 'line'> } {
    this.#width ??= cells.length;
    return cells.some((cell) => cell !== '') ? { row: { cells } } : {};
  }

  /** A row with quotes. */
  #quoted(at: number, first: Line, isLast: boolean): Read | undefined {
    const cells: string[] = [];
    for (let from = at; ; ) {
      const cell = this.#cellAt(from);
      const isWaiting = cell === 'cut' && !isLast && this.#text.length - at <= MAX_ROW;
      if (isWaiting) return undefined;
      if (typeof cell === 'string') return this.#stray(first, at, from, HOW[cell]);
      cells.push(cell.value);
      if (this.#text[cell.end] === this.#delimiter) from = cell.end + 1;
      else if (cell.end + 1 >= this.#text.length && !isLast) return undefined;
      else return this.#whole(cells, first, at, cell.end);
    }
  }

  #whole(cells: readonly string[], first: Line, at: number, end: number): Read {
    const lines = linesIn(this.#text, at, end);
    const rest = { lines: lines + 1, end: afterLineEnd(this.#text, end) };
    if (end - at > MAX_ROW) return { row: { cells: [], problem: TOO_LONG }, ...rest };
    // A quote that was not closed may have met the next one lines later.
    const hasSwallowed = lines > 0 && this.#width !== undefined && cells.length !== this.#width;
    if (hasSwallowed) return this.#stray(first, at, at, 'is not closed in its row');
    return { ...this.#row(cells), ...rest };
  }

  /** The cell from here to the next delimiter or line end. */
  #cellAt(from: number): { value: string; end: number } | 'cut' | 'stray' {
    const text = this.#text;
    let at = from;
    while (text[at] === ' ' || (text[at] === '\t' && this.#delimiter !== '\t')) at++;
    if (text[at] !== '"') {
      const end = this.#endOfCell(from);
      const value = text.slice(from, end);
      return value.includes('"') ? 'stray' : { value: value.trim(), end };
    }
    let closing = text.indexOf('"', at + 1);
    while (closing >= 0 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2);
    if (closing < 0) return 'cut';
    const end = this.#endOfCell(closing + 1);
    if (text.slice(closing + 1, end).trim() !== '') return 'stray';
    return {
      value: text
        .slice(at + 1, closing)
        .replaceAll('""', '"')
        .trim(),
      end,
    };
  }

  #endOfCell(from: number): number {
    const end = endOfLine(this.#text, from);
    const delimiter = this.#text.indexOf(this.#delimiter ?? ',', from);
    return delimiter >= 0 && delimiter < end ? delimiter : end;
  }

  /** Rejects the row, and goes on after the line in which the quote opens. */
  #stray(first: Line, at: number, quote: number, how: string): Read {
    const before = linesIn(this.#text, at, quote);
    const line = this.#line + before;
    const end = before === 0 ? first.end : afterLineEnd(this.#text, endOfLine(this.#text, quote));
    const problem = `has a quote (") that ${how}; it opens in line ${line}`;
    return { row: { cells: [first.text], problem }, lines: before + 1, end };
  }
}

const HOW = { cut: 'is never closed', stray: 'is within a cell' };

const trim = (cell: string): string => cell.trim();

const LINE_END = /[\r\n]/g;

/** The index of the next line end, or that of the end of the text. */
function endOfLine(text: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.test(text) ? LINE_END.lastIndex - 1 : text.length;
}

const afterLineEnd = (text: string, end: number): number =>
  Math.min(text.length, end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1));

function linesIn(text: string, from: number, to: number): number {
  return text.slice(from, to).match(/\r\n?|\n/g)?.length ?? 0;
}
