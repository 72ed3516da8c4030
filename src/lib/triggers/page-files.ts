import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { NotFoundError } from '../base/errors.ts';
import { PAGE_HEADERS } from './page-headers.ts';

/** The files of the dashboard. `npm run build` and the local host write them. */
const FOLDER = new URL('../../dashboard/built/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'main.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Encodings in which the files are stored, the smallest first. The Functions host compresses nothing. */
const ENCODINGS = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;

type File = { readonly body: Buffer; readonly etag: string };
const files = new Map<string, Promise<File>>();

/** Headers of the request that select the answer. */
export type Wanted = {
  /** `if-none-match`: the ETags of the browser's copies. */
  readonly known: string | null;
  /** `accept-encoding`. */
  readonly accepted: string | null;
};

/**
 * Serves a file of the dashboard, compressed if the browser accepts that.
 * @param name `index.html` for the page itself.
 * @throws NotFoundError
 */
export async function pageFile(name: string, { known, accepted }: Wanted): Promise<HttpResponseInit> {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) throw new NotFoundError('The dashboard has no such file');
  const codings = codingsIn(accepted ?? '');
  const encoding = ENCODINGS.find(({ coding }) => codings.has(coding));
  const { body, etag } = await stored(`${name}${encoding?.suffix ?? ''}`);
  const headers = { ...PAGE_HEADERS, 'content-type': type, etag, vary: 'accept-encoding' };
  if (tagsIn(known ?? '').includes(etag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, ...(encoding && { 'content-encoding': encoding.coding }) }, body };
}

export const wantedBy = ({ headers }: HttpRequest): Wanted => ({
  known: headers.get('if-none-match'),
  accepted: headers.get('accept-encoding'),
});

/** The codings of an `accept-encoding`, without those of weight 0 (RFC 9110, 12.5.3). */
function codingsIn(accepted: string): ReadonlySet<string> {
  const weighted = accepted
    .toLowerCase()
    .split(',')
    .map((each) => each.split(';').map((part) => part.trim()));
  return new Set(weighted.flatMap(([coding = '', weight = '']) => (/^q=0(\.0*)?$/.test(weight) ? [] : [coding])));
}

const tagsIn = (known: string): string[] => known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));

function stored(name: string): Promise<File> {
  const file = files.get(name) ?? read(name);
  files.set(name, file);
  return file;
}

async function read(name: string): Promise<File> {
  const body = await readFile(new URL(name, FOLDER));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}
