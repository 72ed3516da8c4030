/** Reads JSON as other programs write it, and says what is wrong with a text that is not JSON. */

const MARK = '\ufeff';

/** The text without a byte order mark. */
export const withoutMark = (text: string): string => (text.startsWith(MARK) ? text.slice(MARK.length) : text);

/** The text of a body: UTF-8, or UTF-16 if a byte order mark says so. */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** Says why a text is not JSON, without repeating it. */
export function notJson(text: string): string {
  const trimmed = withoutMark(text).trim();
  if (trimmed === '') return 'is empty; send JSON';
  if (isBase64Json(trimmed)) return 'is base64, send plain JSON';
  try {
    JSON.parse(trimmed);
    return 'must be a JSON object, not a text';
  } catch (error) {
    return `is not JSON: ${hintFor(trimmed) ?? whereIn(error)}`;
  }
}

function isBase64Json(text: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text)) return false;
  return /^\ufeff?\s*[[{]/.test(Buffer.from(text, 'base64').toString('utf8'));
}

/** The usual ways to break JSON on a command line. */
function hintFor(text: string): string | undefined {
  if (/^\{\s*'/.test(text)) return 'it has single quotes; JSON takes double quotes';
  if (/^\{\s*\\"/.test(text)) return 'its quotes have backslashes; the shell kept them';
  if (/^\{\s*[A-Za-z_]\w*\s*:/.test(text)) return 'its names have no double quotes; the shell may have removed them';
  if (/^\{\s*[\u201c\u201d\u201e]/.test(text)) return 'it has typographic quotes; JSON takes straight ones';
  if (text.startsWith('<')) return 'it looks like XML or HTML';
  return undefined;
}

/** The place of the error; V8 adds a piece of the text, which is left out. */
function whereIn(error: unknown): string {
  const place =
    error instanceof Error ? /at position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined;
  const isCut = error instanceof Error && /end of JSON/.test(error.message);
  return isCut ? 'it ends too early' : `it is wrong ${place ?? 'at its beginning'}`;
}
