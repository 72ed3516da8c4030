import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { APIS } from '../../local/api-flag.ts';
import { LICENSES } from '../../local/bundled.ts';
import { xlsx } from '../fixtures/workbook.ts';
import { Collector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** The package for Azure, in a folder from which Node finds no installed library, as in Azure. */

const MAX_BYTES = 10 * 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringdown-package-'));
  await promisify(execFile)(process.execPath, ['local/build.ts', '--out', folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

const Lock = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) });

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({ component: z.object({ type: z.string(), name: z.string(), 'bom-ref': z.string() }) }),
  components: z.array(z.looseObject({ name: z.string(), 'bom-ref': z.string(), hashes: z.array(z.unknown()) })),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/** The folders of the packages in the bundles, found by bundling once more. */
async function bundledFolders(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ['src/main.ts', 'src/lib/telemetry/azure-monitor.ts', 'src/dashboard/main.tsx'],
    external: ['@azure/functions-core'],
    platform: 'node',
    jsxImportSource: 'preact',
    jsx: 'automatic',
    bundle: true,
    write: false,
    outdir: folder,
    metafile: true,
    logLevel: 'error',
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file.split('/'));
  const folders = used.map((parts) => {
    const innermost = parts.lastIndexOf('node_modules');
    return innermost < 0 ? '' : parts.slice(0, innermost + (parts[innermost + 1]?.startsWith('@') ? 3 : 2)).join('/');
  });
  return [...new Set(folders)].filter((found) => found !== '');
}

function foldersAbove(path: string): string[] {
  return dirname(path) === path ? [path] : [path, ...foldersAbove(dirname(path))];
}

describe('the package', () => {
  it('contains all files that Azure needs, and is small', () => {
    expect(files()).toEqual(expect.arrayContaining(['app.cjs', 'host.json', 'package.json', '.funcignore']));
    expect(json('host.json')).toEqual(JSON.parse(readFileSync('host.json', 'utf8')));
    const bytes = files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  it('has no dependencies to install, and names its entry file', () => {
    const manifest = z.looseObject({ main: z.string() }).parse(json('package.json'));
    expect(Object.keys(manifest).filter((name) => /dependencies/i.test(name))).toEqual([]);
    expect(files()).toContain(manifest.main);
  });

  it('tells the Core Tools its language, and does not upload that file; there is no source map', () => {
    expect(json('local.settings.json')).toMatchObject({ Values: { FUNCTIONS_WORKER_RUNTIME: 'node' } });
    const ignored = readFileSync(join(folder, '.funcignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['local.settings.json']));
    expect(files().filter((name) => name.endsWith('.map'))).toEqual([]);
    // Azure Developer CLI: if node_modules were ignored, Azure would install the dependencies of package.json.
    expect(ignored).not.toContain('node_modules');
  });

  it('requires only modules of the worker and of Node', () => {
    const required = readFileSync(join(folder, 'app.cjs'), 'utf8').matchAll(
      /\b(?:require|import)\((["'])([@\w/.:-]+)\1\)/g,
    );
    const builtin = new Set(process.getBuiltinModule('node:module').builtinModules);
    const others = [...required]
      .map(([, , name = '']) => name)
      .filter((name) => !builtin.has(name.replace(/^node:/, '')));
    // The second is optional for `debug`. The others are loaded when they are first used.
    expect(new Set(others)).toEqual(
      new Set(['@azure/functions-core', 'supports-color', './azure-monitor.cjs', './xlsx-libraries.cjs']),
    );
  });

  it.each([
    ['yauzl', 'end of central directory record'],
    ['saxes', 'malformed comment'],
    ['numfmt', 'Illegal character'],
  ])('has the library %s in a file that only a workbook loads', (_, text) => {
    expect(readFileSync(join(folder, 'xlsx-libraries.cjs'), 'utf8')).toContain(text);
    expect(readFileSync(join(folder, 'app.cjs'), 'utf8')).not.toContain(text);
  });

  it('contains the licence and the notices of everything that is bundled', async () => {
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const bundled = await bundledFolders();
    expect(bundled.length).toBeGreaterThan(100);
    for (const installed of bundled) {
      const { name, version, license } = Manifest.parse(
        JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')),
      );
      expect(notices).toContain(`\n${name}@${version} (${license})\n`);
      for (const file of readdirSync(installed).filter((name) => /^(licen[cs]e|notice)(\.|$)/i.test(name)))
        expect(notices).toContain(readFileSync(join(installed, file), 'utf8').replaceAll('\r\n', '\n').trim());
    }
    // It publishes no licence file, only its name.
    expect(notices).toMatch(/^@nodable\/entities@\S+ \(MIT\)\n-+\n\nMIT License\n\nCopyright \(c\) Amit Gupta/m);
  }, 60_000);

  it('says in SECURITY.md which licences may be bundled', () => {
    const words = readFileSync('SECURITY.md', 'utf8').replaceAll(/\s+/g, ' ');
    expect(words).toContain(`is under ${new Intl.ListFormat('en-GB').format(LICENSES)}.`);
  });

  it('lists what is bundled in a bill of materials, with the hashes of the lock file', () => {
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const named = new Set([...notices.matchAll(/^(\S+@\d\S*) \(\S+\)$/gm)].map(([, id]) => id));
    const bom = Bom.parse(json('sbom.cdx.json'));
    expect(bom.metadata.component).toMatchObject({ type: 'application', name: 'ringdown' });
    expect(new Set(bom.components.map((component) => component['bom-ref']))).toEqual(named);
    const refs = new Set([bom.metadata.component['bom-ref'], ...named]);
    expect(new Set(bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]))).toEqual(refs);
    const { packages } = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
    const zod = bom.components.find(({ name }) => name === 'zod');
    expect(zod).toMatchObject({ scope: 'required', licenses: [{ license: { id: 'MIT' } }] });
    const [, hash = ''] = packages['node_modules/zod']?.integrity?.split('sha512-') ?? [];
    expect(zod?.hashes).toEqual([{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }]);
  });

  it.each(APIS)(
    'runs an outage without any installed library: %s',
    async (api) => {
      expect(foldersAbove(folder).filter((above) => existsSync(join(above, 'node_modules')))).toEqual([]);
      const collector = await Collector.open();
      // Slow enough for the app to react to a key before the message ends.
      const town = await Town.found({ api, packageDir: folder, settings: collector.settings, simulator: { speed: 8 } });
      try {
        const sources = readdirSync('src/functions').map((file) => file.replace(/\.ts$/, ''));
        expect(new Set(town.stack.functions.map(({ name }) => name))).toEqual(new Set(sources));
        const ada = town.callee().answers().hears('message').presses('1').hears('thanks').stays();
        const bob = town.callee().isBusy().answers().hears('message').stays();
        const outage = await town.declare([ada]);
        const sheet = { name: 'People', rows: [['phone'], [bob.identity]] };
        expect(await town.importWorkbook(outage.id, xlsx({ sheets: [sheet] }))).toMatchObject({ added: 1 });
        await outage.run();
        await outage.expectOutcome(ada, 'acknowledged');
        await outage.expectOutcome(bob, 'heard');
        town.nothingElseRang();
        // The metrics of the time before telemetry started are held until then.
        await eventually(async () => {
          await town.tick();
          expect([...collector.traces().values()].flat()).toContain('notifyOutages');
        });
        await town.stack.app().stop();
        expect(collector.metric('ringdown.calls.acknowledged')).toEqual([1]);
      } finally {
        await town.close();
        await collector.close();
      }
    },
    60_000,
  );
});
