import { InvalidInputError } from '../base/errors.ts';
import { type Column, columnsOf, delimiterOf, type Mapping, type Unclear, UnclearColumnsError } from './columns.ts';
import { contactOf, type FoundContact, type NumberRules } from './contacts.ts';
import { decoded } from './decoded.ts';
import { rowsOfDelimited } from './delimited.ts';
import { unmarked } from './formula-marks.ts';
import { rowsOfNdjson } from './ndjson.ts';
import type { ReadRow } from './row.ts';
import { rowsOfWorkbook } from './xlsx/workbook.ts';

/** The content type of an Excel workbook. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Supported content types of a list. */
export const LIST_TYPES = ['text/csv', 'application/x-ndjson', XLSX] as const;
export type ListType = (typeof LIST_TYPES)[number];

/** How a list is to be read. */
export type ListOptions = NumberRules & {
  /** That of the content type, if it has one. */
  readonly charset?: string | undefined;
  readonly mapping?: Mapping | undefined;
  /** The name of a workbook's sheet. Default: the first that is not hidden. */
  readonly sheet?: string | undefined;
  /** Read on if it is unclear which column is which, to show them. */
  readonly isCheck?: boolean;
};

/** What a request says about how its list is to be read. */
export type Reading = Omit<ListOptions, keyof NumberRules | 'isCheck'>;

/** The rows of which the cells are kept as they are, by column. */
const SAMPLE = 3;

/** A row with its contact, or with what is wrong with it. `cells` are those of the list. */
export type ListRow = { readonly line: number; readonly cells: readonly string[] } & (
  | FoundContact
  | { readonly problem: string }
);

/** A list of people, read while it arrives. */
export class List {
  readonly #options: ListOptions;
  readonly #columns = new Map<string, Column>();
  readonly #first = new Map<string, string[]>();
  #sampled = 0;
  #unclear: readonly Unclear[] = [];

  constructor(options: ListOptions) {
    this.#options = options;
  }

  /** The columns met so far, in their order. */
  get columns(): readonly Column[] {
    return [...this.#columns.values()];
  }

  /** The columns that are kept with each person as they are. */
  get ownColumns(): readonly string[] {
    return this.columns.filter(({ as }) => as === undefined).map(({ column }) => column);
  }

  /** True once enough rows were read to show what is in the columns. */
  get isSampled(): boolean {
    return this.#sampled === SAMPLE;
  }

  /** The same columns, each with its cells in the first rows. */
  get sample(): readonly (Column & { readonly first: string[] })[] {
    return this.columns.map((each) => ({ ...each, first: this.#first.get(each.column) ?? [] }));
  }

  /** What somebody must say of the columns before the list can be added. */
  get unclear(): readonly Unclear[] {
    return this.#unclear;
  }

  /**
   * Yields the rows as they arrive, with one row in memory at a time; a workbook is packed in memory (workbook.ts).
   * @throws InvalidInputError if this is not a list, or cannot be read any further.
   */
  rows(bytes: AsyncIterable<Uint8Array>, type: ListType): AsyncIterable<ListRow> {
    const { charset, sheet } = this.#options;
    switch (type) {
      case 'text/csv':
        return this.#ofTable(rowsOfDelimited(decoded(bytes, charset), delimiterOf));
      case 'application/x-ndjson':
        return this.#ofNdjson(decoded(bytes, charset));
      case XLSX:
        return this.#ofTable(rowsOfWorkbook(bytes, sheet));
    }
  }

  /** Rows of which the first names the columns. */
  async *#ofTable(rows: AsyncIterable<ReadRow>): AsyncGenerator<ListRow> {
    let columns: readonly Column[] | undefined;
    for await (const written of rows) {
      const row = { ...written, cells: written.cells.map(unmarked) };
      if (columns) {
        yield this.#read(row, columns);
        continue;
      }
      if (row.problem !== undefined)
        throw new InvalidInputError('This is not a list', [`line ${row.line}: ${row.problem}`]);
      columns = this.#header(row.cells);
    }
    if (!columns)
      throw new InvalidInputError('The list is empty', ['its first row must name the columns, e.g. phone,name']);
  }

  async *#ofNdjson(text: AsyncIterable<string>): AsyncGenerator<ListRow> {
    const known = new Map<string, readonly Column[] | string>();
    let isFirst = true;
    for await (const { names, ...row } of rowsOfNdjson(text)) {
      if (isFirst && /^\s*\[/.test(row.cells[0] ?? '') && row.problem !== undefined) throw notNdjson();
      isFirst = false;
      if (row.problem !== undefined) {
        yield this.#read(row, []);
        continue;
      }
      const key = JSON.stringify(names);
      const columns = known.get(key) ?? this.#namedOrProblem(names);
      known.set(key, columns);
      yield typeof columns === 'string' ? { ...row, problem: columns } : this.#read(row, columns);
    }
  }

  #named(header: readonly string[]): readonly Column[] {
    return this.#met(columnsOf(header, this.#options.mapping ?? {}));
  }

  /** The header row of a CSV. A check goes on even if it is unclear. */
  #header(header: readonly string[]): readonly Column[] {
    try {
      return this.#named(header);
    } catch (error) {
      if (!(error instanceof UnclearColumnsError && this.#options.isCheck)) throw error;
      this.#unclear = error.unclear;
      return this.#met(error.found);
    }
  }

  #met(columns: readonly Column[]): readonly Column[] {
    for (const each of columns) if (!each.isOurs) this.#columns.set(each.column, each);
    return columns;
  }

  /** In NDJSON each row names its own columns. */
  #namedOrProblem(names: readonly string[]): readonly Column[] | string {
    try {
      return this.#named(names);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return error.message.includes('has no column phone') ? 'phone: is empty' : error.message;
    }
  }

  #read({ line, cells, problem }: ReadRow, columns: readonly Column[]): ListRow {
    this.#keepFirst(cells, columns);
    if (problem !== undefined) return { line, cells, problem };
    const found = contactOf(cells, columns, this.#options);
    if (typeof found !== 'string') return { line, cells, ...found };
    // Its download has the columns of the list alone, so that it can be sent again as often as needed.
    return { line, cells: cells.filter((_, index) => !columns[index]?.isOurs), problem: found };
  }

  #keepFirst(cells: readonly string[], columns: readonly Column[]): void {
    if (this.isSampled) return;
    this.#sampled++;
    for (const [index, { column }] of columns.entries()) {
      const first = this.#first.get(column) ?? [];
      this.#first.set(column, first);
      if (first.length < this.#sampled) first.push(cells[index] ?? '');
    }
  }
}

const notNdjson = (): InvalidInputError =>
  new InvalidInputError('This is not a list', [
    'it begins with [, as a JSON array does; NDJSON has one object a line (jq -c ".[]" makes it of an array)',
  ]);
