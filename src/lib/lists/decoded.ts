import { InvalidInputError } from '../base/errors.ts';
import { mustBeText, SIGNATURE_LENGTH } from './signature.ts';

/** Turns pieces of bytes into text; a character may be cut between two pieces. @throws InvalidInputError */
type Decode = (bytes: Uint8Array, isLast: boolean) => string;

/**
 * The text of a list as it arrives, without a byte order mark.
 * @param charset that of the content type, if it has one.
 * @throws InvalidInputError if it is no text, or in an encoding that cannot be told for sure.
 */
export async function* decoded(list: AsyncIterable<Uint8Array>, charset?: string): AsyncGenerator<string> {
  let decode: Decode | undefined;
  for await (const bytes of withStart(list)) {
    decode ??= decoderFor(bytes, charset);
    yield decode(bytes, false);
  }
  if (decode) yield decode(Buffer.alloc(0), true);
}

/** The same pieces; the first has enough bytes to tell what the file is, unless there are no more. */
async function* withStart(list: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = Buffer.alloc(0);
  try {
    for await (const bytes of list) {
      if (start === undefined) yield bytes;
      else start = Buffer.concat([start, bytes]);
      if (start === undefined || start.length < SIGNATURE_LENGTH) continue;
      yield start;
      start = undefined;
    }
  } catch (error) {
    // The rows that arrived before an upload broke off are kept.
    if (start !== undefined && start.length > 0) yield start;
    throw error;
  }
  if (start !== undefined && start.length > 0) yield start;
}

function decoderFor(start: Uint8Array, charset: string | undefined): Decode {
  mustBeText(start);
  const utf16 = utf16In(start);
  if (utf16) return decoderOf(utf16);
  if (charset === undefined) return utf8OrWindows();
  return decoderOf(charset);
}

function decoderOf(label: string): Decode {
  const decoder = decoderNamed(label);
  return (bytes, isLast) => {
    try {
      return decoder.decode(bytes, { stream: !isLast });
    } catch (cause) {
      throw notIn(label.toUpperCase(), cause);
    }
  };
}

/**
 * UTF-8. The first byte that is not UTF-8 shows that a list is in Windows-1252, which has been the same until there, if
 * nothing before needed UTF-8.
 */
function utf8OrWindows(): Decode {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let hasUtf8 = false;
  let windows: Decode | undefined;
  let cut: Uint8Array = Buffer.alloc(0);
  return (piece, isLast) => {
    if (windows) return windows(piece, isLast);
    const all = cut.length === 0 ? piece : Buffer.concat([cut, piece]);
    const whole = isLast ? all.length : all.length - cutAtEnd(all);
    cut = all.subarray(whole);
    const bytes = all.subarray(0, whole);
    try {
      const text = utf8.decode(bytes);
      hasUtf8 ||= text.length < bytes.length;
      return text;
    } catch (cause) {
      const isMixed = hasUtf8 || /[\u0080-\ufffc]/.test(new TextDecoder().decode(bytes));
      if (isMixed) throw notIn('UTF-8', cause);
      windows = windows1252();
      return windows(all, isLast);
    }
  };
}

/** Letters of the upper range in a row, as in Cyrillic or Greek lists, or letters that Macs have elsewhere. */
const NOT_WINDOWS_1252 = /[\xc0-\xff]{4}|[\x81\x83\x88-\x8a\x8c-\x90\x98\x9a\x9c-\x9f]/;

function windows1252(): Decode {
  const decoder = new TextDecoder('windows-1252');
  return (bytes, isLast) => {
    const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (NOT_WINDOWS_1252.test(latin)) throw notIn('UTF-8');
    return decoder.decode(bytes, { stream: !isLast });
  };
}

/** How many bytes at the end begin a character of UTF-8 that goes on in the next piece. */
function cutAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0;
  }
  return 0;
}

/** Bytes of the character of UTF-8 that begins with this byte. */
const lengthOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);

const notIn = (encoding: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError('The list cannot be read', [`it is not ${encoding}; save as CSV UTF-8`], { cause });

function decoderNamed(label: string) {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new InvalidInputError('The request is invalid', ['content-type: its charset is not known'], { cause });
  }
}

/** UTF-16 by its byte order mark, or because each second byte of the first characters is zero. */
function utf16In([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first && second === 0 && third && fourth === 0) return 'utf-16le';
  if (first === 0 && second && third === 0 && fourth) return 'utf-16be';
  return undefined;
}
