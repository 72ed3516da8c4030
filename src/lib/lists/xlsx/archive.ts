import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { InvalidInputError } from '../../base/errors.ts';

/** Unpacked size up to which a part may be of any ratio, bytes. */
const SMALL = 1_000_000;
/** How many times its packed size a larger part may have. Sheets that people fill in have 5 to 30. */
const MAX_RATIO = 100;

const CANNOT_READ = 'The workbook cannot be read';

/** The parts of a workbook: a ZIP archive in memory. A part is unpacked while it is read. */
export class Archive {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws InvalidInputError if this is no complete ZIP archive. */
  static async open(bytes: Buffer): Promise<Archive> {
    const { fromBufferPromise } = await import('./xlsx-libraries.ts');
    const entries = new Map<string, Entry>();
    try {
      const zip = await fromBufferPromise(bytes, { lazyEntries: true });
      for await (const entry of zip.eachEntry()) entries.set(nameOf(entry.fileName), entry);
      return new Archive(zip, entries);
    } catch (cause) {
      throw damaged(cause);
    }
  }

  has(name: string): boolean {
    return this.#entries.has(nameOf(name));
  }

  /**
   * Unpacks a part piece by piece, never more than its stated size.
   * @param limit the largest size unpacked, bytes.
   * @throws InvalidInputError before it unpacks anything if the part would be larger, or is packed as only a bomb is.
   */
  async *read(name: string, limit: number): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(nameOf(name));
    if (!entry) throw damaged(new Error(`There is no ${name}`));
    mustUnpackWithin(entry, limit);
    try {
      const part: Readable = await this.#zip.openReadStreamPromise(entry);
      for await (const piece of part) yield piece;
    } catch (cause) {
      throw damaged(cause);
    }
  }
}

/** Names of parts match without regard to case (ECMA-376, part 2). */
const nameOf = (name: string): string => name.toLowerCase();

/** The sizes are those that the archive states; unpacking fails if they are not true. */
function mustUnpackWithin({ uncompressedSize, compressedSize }: Entry, limit: number): void {
  const ratio = Math.round(uncompressedSize / Math.max(1, compressedSize));
  if (uncompressedSize > SMALL && ratio > MAX_RATIO)
    throw unreadable(
      `a part of it unpacks to ${ratio} times its size, at most ${MAX_RATIO} times is accepted; ${ADVICE}`,
    );
  if (uncompressedSize > limit)
    throw unreadable(
      `a part of it has ${inMb(uncompressedSize)} unpacked, at most ${inMb(limit)} is accepted; ${ADVICE}`,
    );
}

const ADVICE = 'copy the people into a new workbook, or save them as “CSV UTF-8”';
const inMb = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

export const unreadable = (problem: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError(CANNOT_READ, [problem], { cause });

export const damaged = (cause: unknown): InvalidInputError =>
  unreadable('it is damaged or incomplete; open it in a spreadsheet program and save it again', cause);
