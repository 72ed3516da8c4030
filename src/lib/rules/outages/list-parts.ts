import type { ImportReport } from './import-report.ts';

/** A part of a list that can be sent as a list of its own. */
export type ListPart = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Lines of the whole list before this part, less the header row that the part repeats. */
  readonly linesBefore: number;
};

/**
 * Longest list in one request, in bytes: about 130,000 people. The Functions host reads a body whole, twice, and a
 * request must end within 230 seconds.
 */
export const MAX_LIST = 8_000_000;

/** Length of the parts in which a longer list is sent, in bytes: short requests, also if storage is slow. */
const PART = 2_000_000;

const [LINE_FEED, QUOTE] = [10, 34];

/** A report lists at most this many rejected rows, and counts all of them. */
export const MAX_REJECTIONS = 100;

/** The report of an import in parts. */
export function withPart(report: ImportReport, later: ImportReport): ImportReport {
  return {
    added: report.added + later.added,
    alreadyThere: report.alreadyThere + later.alreadyThere,
    duplicates: report.duplicates + later.duplicates,
    rejected: report.rejected + later.rejected,
    columns: report.columns.length > 0 ? report.columns : later.columns,
    rejections: [...report.rejections, ...later.rejections].slice(0, MAX_REJECTIONS),
  };
}

/** The report before anything was added. */
export const NOTHING_ADDED: ImportReport = {
  added: 0,
  alreadyThere: 0,
  duplicates: 0,
  rejected: 0,
  columns: [],
  rejections: [],
};

/**
 * Splits a list between rows, so that each part fits a request: adding a list is idempotent, so its parts may be added
 * one after the other. Each part of a CSV begins with the header row of the whole list. Keeps one part in memory.
 * @param limit bytes of a part, with the header row.
 * @throws RangeError if a row is longer than the limit; in a CSV, a quotation mark may not have been closed.
 */
export async function* listParts(
  chunks: AsyncIterable<Uint8Array>,
  isCsv: boolean,
  limit = PART,
): AsyncGenerator<ListPart> {
  const splitter = new Splitter(isCsv, limit);
  for await (const chunk of chunks) yield* splitter.add(chunk);
  yield* splitter.end();
}

class Splitter {
  readonly #isCsv: boolean;
  readonly #limit: number;
  #header: Uint8Array | undefined;
  #waiting = new Uint8Array(0);
  /** Lines in the parts that were given out, and in the header row. */
  #lines = 0;
  #isFirst = true;

  constructor(isCsv: boolean, limit: number) {
    this.#isCsv = isCsv;
    this.#limit = limit;
    if (!isCsv) this.#header = new Uint8Array(0);
  }

  *add(chunk: Uint8Array): Generator<ListPart> {
    this.#waiting = joined(this.#waiting, chunk);
    while (this.#waiting.length + (this.#header?.length ?? 0) > this.#limit) {
      const room = this.#header === undefined ? this.#limit : this.#limit - this.#header.length;
      const rows = this.#rowsWithin(room);
      if (rows === 0) throw new RangeError(`line ${this.#lines + 1}: the row is longer than ${this.#limit} bytes`);
      if (this.#header === undefined) this.#takeHeader();
      else yield this.#part(rows);
    }
  }

  *end(): Generator<ListPart> {
    if (this.#waiting.length > 0 || this.#isFirst) yield this.#part(this.#waiting.length);
  }

  #takeHeader(): void {
    // A line `sep=;` names the delimiter; the header row comes after it.
    const hasDelimiterLine = /^(?:\ufeff)?"?sep=."?\r?\n/i.test(
      new TextDecoder().decode(this.#waiting.subarray(0, 16)),
    );
    const length = this.#rowsWithin(this.#limit, hasDelimiterLine ? 2 : 1);
    this.#header = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(length);
    this.#lines = lineFeeds(this.#header);
  }

  #part(length: number): ListPart {
    const rows = this.#waiting.slice(0, length);
    const header = this.#header ?? new Uint8Array(0);
    const linesBefore = this.#lines - lineFeeds(header);
    this.#waiting = this.#waiting.slice(length);
    this.#lines += lineFeeds(rows);
    this.#isFirst = false;
    return { bytes: joined(header, rows), linesBefore };
  }

  /** The length of the whole rows at the beginning of what waits, up to `limit` bytes or `most` rows. */
  #rowsWithin(limit: number, most = Number.POSITIVE_INFINITY): number {
    let [length, rows, isQuoted] = [0, 0, false];
    for (let at = 0; at < Math.min(limit, this.#waiting.length) && rows < most; at++) {
      const byte = this.#waiting[at];
      // A doubled quotation mark inside a quoted cell closes it and opens it again.
      if (byte === QUOTE && this.#isCsv) isQuoted = !isQuoted;
      if (byte !== LINE_FEED || isQuoted) continue;
      length = at + 1;
      rows++;
    }
    return length;
  }
}

const lineFeeds = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + (byte === LINE_FEED ? 1 : 0), 0);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
