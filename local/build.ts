import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { z } from 'zod';
import { billOfMaterials, bundledPackages, notices } from './bundled.ts';
import { readFlags, runCommand } from './cli.ts';
import { bundleDashboard } from './dashboard.ts';

const USAGE = `Usage: npm run build

Builds the package for Azure: a folder that \`func azure functionapp publish <app>\` can publish. The bundled files
contain all dependencies, so nothing is installed in Azure. Beside them are the licences of these dependencies and a
bill of materials.`;

/** The files of the package besides the bundles, by name. */
const FILES: Record<string, (path: string) => void> = {
  'package.json': (path) => writeJson(path, { ...identity(), main: 'app.cjs' }),
  'host.json': (path) => cpSync('host.json', path),
  // The Core Tools read the worker runtime from this file ("Worker runtime cannot be 'None'") and do not upload it.
  'local.settings.json': (path) =>
    writeJson(path, { IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: 'node', AzureWebJobsStorage: '' } }),
  '.funcignore': (path) => writeFileSync(path, `${['.funcignore', 'local.settings.json'].join('\n')}\n`),
};

const Identity = z.object({ name: z.string(), version: z.string(), license: z.string(), private: z.boolean() });

/** Leaves out zod's error texts in fifty languages. English is in another module. */
const withoutLocales: Plugin = {
  name: 'without locales',
  setup: ({ onLoad }) => onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' })),
};

/** What has a file of its own, loaded when it is first used: each cold start has to load the app's bundle. */
const APART = ['src/lib/telemetry/azure-monitor.ts', 'src/lib/lists/xlsx/xlsx-libraries.ts'];
const fileOf = (source: string): string => basename(source).replace(/\.ts$/, '.cjs');

const apart: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) => {
    for (const source of APART) {
      onResolve({ filter: new RegExp(`/${basename(source)}$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${fileOf(source)}`, external: true } : undefined,
      );
    }
  },
};

await runCommand(async () => {
  const { out = 'dist' } = readFlags(USAGE, {
    out: { type: 'string', value: 'FOLDER', help: 'output folder (default dist); its present content is deleted' },
  });
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const packages = bundledPackages([
    await bundle({ entryPoints: ['src/main.ts'], outfile: join(out, 'app.cjs'), plugins: [withoutLocales, apart] }),
    // Minify names too: nearly all of it is third-party code, whose names are not needed in stack traces.
    ...(await Promise.all(
      APART.map((source) => bundle({ entryPoints: [source], outfile: join(out, fileOf(source)), minify: true })),
    )),
    await bundleDashboard(join(out, 'dashboard', 'built')),
  ]);
  writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), notices(packages));
  writeJson(join(out, 'sbom.cdx.json'), await billOfMaterials(packages, identity().name));
  for (const [name, make] of Object.entries(FILES)) make(join(out, name));
  process.stdout.write(`The package is in ${out}. To publish it: cd ${out} && func azure functionapp publish <app>\n`);
  return 0;
});

/** Bundles one CommonJS file. The Functions worker provides `@azure/functions-core` (platform docs: Node.js worker). */
async function bundle(options: BuildOptions): Promise<Metafile> {
  const { metafile } = await build({
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    // A smaller file loads faster (docs/costs.md). Names are kept for readable stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    // CommonJS has no import.meta.url. This value has the same folder depth as src/lib/triggers, so that relative paths
    // to files still work in the package.
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__dirname + '/lib/triggers/app.cjs').href;" },
    define: { 'import.meta.url': 'moduleUrl' },
    // No source map: nothing would read it. Function names, which are kept, say where an error was thrown (ADR 0017).
    logLevel: 'warning',
    ...options,
    metafile: true,
  });
  return metafile;
}

function identity(): z.infer<typeof Identity> {
  return Identity.parse(JSON.parse(readFileSync('package.json', 'utf8')));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
