import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { z } from 'zod';
import { readFlags, runCommand } from './cli.ts';
import { bundleDashboard } from './dashboard.ts';

const USAGE = `Usage: npm run build

Makes the package for Azure: a folder from which \`func azure functionapp publish <app>\` works. Nothing is installed in Azure:
everything that the app needs is in its bundled files.`;

/** What the package has besides the bundle: each by its name there. */
const FILES: Record<string, (path: string) => void> = {
  'package.json': (path) => writeJson(path, { ...identity(), main: 'app.cjs' }),
  'host.json': (path) => cpSync('host.json', path),
  // The Core Tools ask this file what the app is written for (Worker runtime cannot be 'None'); it is not uploaded.
  'local.settings.json': (path) =>
    writeJson(path, { IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: 'node', AzureWebJobsStorage: '' } }),
  '.funcignore': (path) => writeFileSync(path, `${['.funcignore', 'local.settings.json', '*.map'].join('\n')}\n`),
};

const Identity = z.object({ name: z.string(), version: z.string(), license: z.string(), private: z.boolean() });

/** zod's error texts in fifty languages, of which English is loaded by itself. */
const withoutLocales: Plugin = {
  name: 'without locales',
  setup: ({ onLoad }) => onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' })),
};

/** Loaded only where it is asked for, it is a file of its own: what is in the app's is paid for by each cold start. */
const apart: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/azure-monitor\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './azure-monitor.cjs', external: true } : undefined,
    ),
};

await runCommand(async () => {
  const { out = 'dist' } = readFlags(USAGE, {
    out: { type: 'string', value: 'FOLDER', help: 'where to (default dist); what is there is deleted' },
  });
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await bundle({ entryPoints: ['src/main.ts'], outfile: join(out, 'app.cjs'), plugins: [withoutLocales, apart] });
  // Nearly all of it is others' code, whose names nobody needs to read.
  const telemetry = ['src/lib/telemetry/azure-monitor.ts'];
  await bundle({ entryPoints: telemetry, outfile: join(out, 'azure-monitor.cjs'), minify: true, sourcemap: false });
  await bundleDashboard(join(out, 'dashboard', 'built'));
  for (const [name, make] of Object.entries(FILES)) make(join(out, name));
  process.stdout.write(`${out} is the package. To publish it: cd ${out} && func azure functionapp publish <app>\n`);
  return 0;
});

/** One CommonJS file. The Functions worker serves `@azure/functions-core` itself (platform docs: Node.js worker). */
async function bundle(options: BuildOptions): Promise<void> {
  await build({
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@azure/functions-core'],
    // Names stay, so that a stack trace and an error's name can be read. What is loaded is paid for by its length: docs/costs.md.
    minifyWhitespace: true,
    minifySyntax: true,
    // Modules ask where they are; CommonJS knows that by another name. In the bundle each is where src/functions and src/lib
    // would be: one folder below the files that they look for.
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__dirname + '/lib/triggers/app.cjs').href;" },
    define: { 'import.meta.url': 'moduleUrl' },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    ...options,
  });
}

function identity(): z.infer<typeof Identity> {
  return Identity.parse(JSON.parse(readFileSync('package.json', 'utf8')));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
