import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { APIS } from '../../local/api-flag.ts';
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
    // The second is optional for `debug`. The third is loaded only if telemetry is configured.
    expect(new Set(others)).toEqual(new Set(['@azure/functions-core', 'supports-color', './azure-monitor.cjs']));
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
        const outage = await town.declare([ada, bob]);
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
