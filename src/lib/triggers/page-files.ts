import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HttpResponseInit } from '@azure/functions';
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

type File = { readonly body: Buffer; readonly etag: string };
const files = new Map<string, Promise<File>>();

/**
 * Serves a file of the dashboard.
 * @param name `index.html` for the page itself.
 * @param known the ETag of the browser's copy.
 * @throws NotFoundError
 */
export async function pageFile(name: string, known: string | null): Promise<HttpResponseInit> {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) throw new NotFoundError('The dashboard has no such file');
  const { body, etag } = await stored(name);
  const headers = { ...PAGE_HEADERS, 'content-type': type, etag };
  return known === etag ? { status: 304, headers } : { status: 200, headers, body };
}

function stored(name: string): Promise<File> {
  const file = files.get(name) ?? read(name);
  files.set(name, file);
  return file;
}

async function read(name: string): Promise<File> {
  const body = await readFile(new URL(name, FOLDER));
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}
