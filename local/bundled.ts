import { exec } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

/** What the package for Azure contains of others: their licences, and a bill of materials (SBOM). */

/** An npm package that is at least partly in a bundle. */
export type Bundled = {
  /** Name and version, as in `zod@4.6.7`. */
  readonly id: string;
  readonly license: string;
  /** Its licences and notices. */
  readonly texts: readonly string[];
};

/** The licences that may be bundled (SPDX). Another one is a decision: each has its own duties. */
export const LICENSES = ['MIT', 'ISC', '0BSD', 'BSD-3-Clause', 'Apache-2.0'] as const;

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.enum(LICENSES),
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional(),
});

const LEGAL = /^(licen[cs]e|notice|copying|copyright)/i;

/**
 * @param metafiles What esbuild reports about each bundle.
 * @returns The packages in the bundles, sorted by name, each version once.
 * @throws Error that names the package if its licence is not one of `LICENSES`, or its text is unknown.
 */
export function bundledPackages(metafiles: readonly Metafile[]): Bundled[] {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? packageFolder(file) : []));
  const byId = new Map([...new Set(folders)].map(readPackage).map((bundled) => [bundled.id, bundled]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The folder of the innermost package that a file is in. None for our own files. */
function packageFolder(file: string): string[] {
  return /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.slice(0, 1) ?? [];
}

function readPackage(folder: string): Bundled {
  const { success, data, error } = Manifest.safeParse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (!success) throw new Error(`${folder} cannot be bundled: ${z.prettifyError(error)}`);
  const { name, version, license, author } = data;
  const texts = readdirSync(folder)
    .filter((file) => LEGAL.test(file))
    .flatMap((file) => readTexts(join(folder, file)));
  const id = `${name}@${version}`;
  return { id, license, texts: texts.length > 0 ? texts : [missingText(id, license, author ?? name)] };
}

/** The text of a file, or of all files of a folder. */
function readTexts(path: string): string[] {
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => readTexts(join(path, name)));
  return [readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim()];
}

/**
 * The text for a package without one. It is kept here, for one version, if the package's repository has it. Others
 * name only their licence: ours is MIT, too, so its words serve.
 */
function missingText(id: string, license: string, author: string): string {
  const kept = join(import.meta.dirname, 'licences', `${id.replaceAll('/', '+')}.txt`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8').trim();
  if (license !== 'MIT') throw new Error(`${id} contains no text of its licence, ${license}.`);
  return readFileSync('LICENSE', 'utf8')
    .replace(/^Copyright .*$/m, `Copyright (c) ${author}`)
    .trim();
}

const RULE = '-'.repeat(80);

/** @returns The licences and notices of the packages as one text. Packages with the same texts share them. */
export function notices(packages: readonly Bundled[]): string {
  const byText = Map.groupBy(packages, ({ texts }) => texts.join('\n\n'));
  const parts = [...byText].map(([text, sharers]) => {
    const names = sharers.map(({ id, license }) => `${id} (${license})`);
    return [RULE, ...names, RULE, '', text].join('\n');
  });
  return `${['Ringdown contains code of these packages, under these licences.', ...parts].join('\n\n')}\n`;
}

const Bom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ name: z.string(), 'bom-ref': z.string() }) }),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/**
 * @returns A bill of materials in CycloneDX's format, made by npm from the lock file and reduced to what is bundled.
 * @throws Error if npm knows less than is bundled.
 */
export async function billOfMaterials(packages: readonly Bundled[], name: string): Promise<z.infer<typeof Bom>> {
  // Not with `--omit dev`: that leaves out everything that a development package needs, too (seen with npm 11.19).
  const command = 'npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application';
  const { stdout } = await promisify(exec)(command, { maxBuffer: 64 * 1024 ** 2 });
  const bom = Bom.parse(JSON.parse(stdout));
  // npm names the application after its folder.
  bom.metadata.component.name = name;
  const bundled = new Set(packages.map(({ id }) => id));
  // Of several copies npm describes one, which may be that of a development package.
  bom.components = bom.components
    .filter((component) => bundled.has(component['bom-ref']))
    .map((component) => ({ ...component, scope: 'required', properties: [] }));
  if (bom.components.length < bundled.size) throw new Error('npm sbom does not list everything that is bundled.');
  const known = new Set([bom.metadata.component['bom-ref'], ...bundled]);
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((id) => known.has(id)) }));
  return bom;
}
