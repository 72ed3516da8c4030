import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PAGE_HEADERS } from '../../src/lib/page-headers.ts';
import { noRoute } from '../base/refusal.ts';
import { Content } from '../server/content.ts';
import { type Route, route } from '../server/route.ts';

/** Serves the phone page. Its program is bundled when it is first asked for: whoever has no use for it does not wait. */

const FOLDER = new URL('../phone/', import.meta.url);

type File = { readonly type: string; readonly read: () => Promise<Buffer> };

const stored = (name: string, type: string): File => ({ type, read: () => readFile(new URL(name, FOLDER)) });

const INDEX = stored('index.html', 'text/html; charset=utf-8');

const FILES: Readonly<Record<string, File>> = {
  'style.css': stored('style.css', 'text/css; charset=utf-8'),
  'icon.svg': stored('icon.svg', 'image/svg+xml'),
  'main.js': { type: 'text/javascript; charset=utf-8', read: () => (program ??= bundled()) },
};

let program: Promise<Buffer> | undefined;

async function bundled(): Promise<Buffer> {
  const { buildSync } = await import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('main.ts', FOLDER))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0]?.contents ?? []);
}

const served = async (file: File | undefined): Promise<Content> => {
  if (!file) throw noRoute('this address');
  return new Content(file.type, await file.read(), PAGE_HEADERS);
};

export const PHONE_PAGE: readonly Route<unknown>[] = [
  route({
    name: 'phonePage',
    method: 'GET',
    path: '/phone',
    status: 200,
    body: z.unknown(),
    run: () => served(INDEX),
  }),
  route({
    name: 'phonePageFile',
    method: 'GET',
    path: '/phone/{file}',
    status: 200,
    body: z.unknown(),
    run: (_, { file }) => served(Object.hasOwn(FILES, file) ? FILES[file] : undefined),
  }),
];
