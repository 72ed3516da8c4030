import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HttpResponseInit } from '@azure/functions';
import { NotFoundError } from './errors.ts';

/** The dashboard's page and its files, as `npm run build` and the local runtime make them. */
const FOLDER = new URL('../dashboard/built/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'main.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The page talks to this app and to nobody else, and nobody else shows it in theirs. */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src'].map((kind) => `${kind} 'self'`),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Kept, and asked for each time whether it is still right.
  'cache-control': 'no-cache',
};

type File = { readonly body: Buffer; readonly etag: string };
const files = new Map<string, Promise<File>>();

/**
 * One of the dashboard's files; `index.html` is the page itself.
 * @param known the ETag of what the browser has.
 * @throws NotFoundError
 */
export async function pageFile(name: string, known: string | null): Promise<HttpResponseInit> {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) throw new NotFoundError('The dashboard has no such file');
  const { body, etag } = await stored(name);
  const headers = { ...HEADERS, 'content-type': type, etag };
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
