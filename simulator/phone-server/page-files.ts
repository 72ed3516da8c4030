import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { PAGE_HEADERS } from '../../src/lib/triggers/page-headers.ts';
import { noRoute } from '../base/refusal.ts';
import { answerFile } from '../http/answer.ts';
import type { Env } from '../http/env.ts';

/** Serves the phone page. Its program is bundled on the first request, so that the simulator starts fast. */

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

export const pageRoutes = new Hono<Env>();

pageRoutes.get('/phone', async (c) => answerFile(c, INDEX.type, await INDEX.read(), PAGE_HEADERS));

pageRoutes.get('/phone/:file', async (c) => {
  const name = c.req.param('file');
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (!file) throw noRoute('this address');
  return answerFile(c, file.type, await file.read(), PAGE_HEADERS);
});
