import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Source files by path, for example `src/lib/base/errors.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** One import: the file it is in, and the file it names. */
export type Import = { readonly from: string; readonly to: string };

/** Every TypeScript file below these folders. */
export function sourcesIn(...folders: readonly string[]): Sources {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return new Map(paths.filter((path) => IS_CODE.test(path)).map((path) => [path, readFileSync(path, 'utf8')]));
}

const IS_CODE = /(?<!\.d)\.tsx?$/;

/**
 * `from '…'`, `import('…')` and `import '…'`. The text is read with a regular expression because type imports count
 * too: they do not exist in compiled code, and bundlers leave them out of their import graphs.
 */
const IMPORT = /\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)|\bimport '(\.[^']+)'/g;

/** Every import of a TypeScript file by another, in the order of the sources. */
export const importsIn = (sources: Sources): Import[] =>
  [...sources].flatMap(([from, text]) =>
    [...text.matchAll(IMPORT)]
      .map(([, a, b, c]) => ({ from, to: join(dirname(from), a ?? b ?? c ?? '') }))
      .filter(({ to }) => IS_CODE.test(to)),
  );

/**
 * The circles of imports, each as its files in order, ending with the first. At least one for each group of files that
 * import each other.
 */
export function circlesIn(imports: readonly Import[]): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const { to } of imports.filter(({ from }) => from === file)) visit(to, [...path, file]);
    done.add(file);
  };
  for (const { from } of imports) visit(from, []);
  return circles;
}
