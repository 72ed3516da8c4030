import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Metafile, stop } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../src/dashboard/', import.meta.url));

/** Where the app finds the dashboard's files when it runs from its sources. */
export const DASHBOARD = join(SOURCES, 'built');

let last: Promise<unknown> = Promise.resolve();

/**
 * Bundles the dashboard. Runs one bundle at a time and leaves no bundler process running. Does not rewrite files that
 * are up to date, because other processes may be reading them.
 * @returns What esbuild reports about the bundle.
 */
export function bundleDashboard(folder = DASHBOARD): Promise<Metafile> {
  const bundled = last
    .catch(() => undefined)
    .then(() => bundle(folder))
    .finally(() => stop());
  last = bundled;
  return bundled;
}

async function bundle(folder: string): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    entryPoints: { main: join(SOURCES, 'main.tsx') },
    outdir: folder,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await putAll(join(folder, basename(path)), contents);
  for (const name of ['index.html', 'icon.svg']) await putAll(join(folder, name), readFileSync(join(SOURCES, name)));
  return metafile;
}

const BEST = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

/** Writes a file as it is and compressed, as src/lib/triggers/page-files.ts serves it. */
async function putAll(path: string, contents: Uint8Array): Promise<void> {
  await put(path, contents);
  await put(`${path}.br`, brotliCompressSync(contents, BEST));
  await put(`${path}.gz`, gzipSync(contents, { level: 9 }));
}

async function put(path: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(contents)) return;
  const whole = `${path}.${process.pid}`;
  await writeFile(whole, contents);
  await rename(whole, path);
}
