import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A query, and where it is written. */
export type Query = { readonly where: string; readonly text: string };

/** Every query of infra/: the multi-line strings of its Bicep files. */
export function queriesOfInfra(): Query[] {
  return readdirSync('infra', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.bicep'))
    .flatMap((name) => queries(join('infra', name), /'''\n(.*?)'''/gs));
}

/** Every query of a document: its code blocks of the language `kusto`. */
export const queriesOf = (document: string): Query[] => queries(document, /^```kusto\n(.*?)^```/gms);

function queries(file: string, pattern: RegExp): Query[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(pattern)].map((found) => ({
    where: `${file}:${text.slice(0, found.index).split('\n').length + 1}`,
    text: found[1] ?? '',
  }));
}
