import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billOfMaterials, bundledPackages, notices } from '../../local/bundled.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bundled-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Installs a package into a folder below `root`, with its files by path. */
function install(folder: string, manifest: object, files: Record<string, string> = {}): string {
  for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    mkdirSync(join(root, folder, path, '..'), { recursive: true });
    writeFileSync(join(root, folder, path), text);
  }
  return join(root, folder, 'index.js');
}

/** What esbuild reports about a bundle of these files, each with its bytes in the output. */
const reported = (inputs: Record<string, number>): Metafile => ({
  inputs: {},
  outputs: {
    'app.cjs': {
      bytes: 1,
      imports: [],
      exports: [],
      inputs: Object.fromEntries(Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }])),
    },
  },
});

const MIT = { name: 'left', version: '1.0.0', license: 'MIT' };

describe('the bundled packages', () => {
  it('are those of which something is in a bundle, each version once, our own files aside', () => {
    const left = install('node_modules/left', MIT, { LICENSE: 'L' });
    const copy = install('node_modules/@a/b/node_modules/left', MIT, { LICENSE: 'L' });
    const scoped = install('node_modules/@a/b', { ...MIT, name: '@a/b', version: '2.0.0' }, { LICENSE: 'AB' });
    const shaken = install('node_modules/shaken', { ...MIT, name: 'shaken' }, { LICENSE: 'S' });
    const bundles = [reported({ [left]: 5, 'src/main.ts': 7 }), reported({ [copy]: 5, [scoped]: 1, [shaken]: 0 })];
    expect(bundledPackages(bundles).map(({ id }) => id)).toEqual(['@a/b@2.0.0', 'left@1.0.0']);
  });

  it('bring their notices and the licences of what they contain', () => {
    const files = { LICENSE: 'L\r\nL\n', 'NOTICE.md': 'N', 'LICENSES/other': 'O', 'README.md': 'R' };
    const file = install('node_modules/legal', { ...MIT, name: 'legal' }, files);
    const [legal] = bundledPackages([reported({ [file]: 1 })]);
    expect(new Set(legal?.texts)).toEqual(new Set(['L\nL', 'N', 'O']));
  });

  it('get the text of MIT if they only name it', () => {
    const file = install('node_modules/bare', { ...MIT, name: 'bare', author: { name: 'Ada' } });
    expect(notices(bundledPackages([reported({ [file]: 1 })]))).toMatch(
      /bare@1\.0\.0 \(MIT\)\n-+\n\nMIT License\n\nCopyright \(c\) Ada\n\nPermission is hereby granted/,
    );
  });

  it('get the text that is kept here for their version, if they leave it out', () => {
    const saxes = { ...MIT, name: 'saxes', version: '6.0.0', license: 'ISC' };
    const file = install('node_modules/saxes', saxes);
    const [bundled] = bundledPackages([reported({ [file]: 1 })]);
    expect(bundled?.texts).toEqual([expect.stringMatching(/^The ISC License\n\nCopyright \(c\) Contributors\n/)]);
    install('node_modules/saxes', { ...saxes, version: '6.0.1' });
    expect(() => bundledPackages([reported({ [file]: 1 })])).toThrow('saxes@6.0.1 contains no text of its licence');
  });

  it.each([
    [
      'another licence',
      { license: 'GPL-3.0-only' },
      { LICENSE: 'G' },
      /node_modules\/other cannot be bundled: .*licen/s,
    ],
    ['no licence', { license: undefined }, { LICENSE: 'G' }, /node_modules\/other cannot be bundled: .*licen/s],
    ['no text of its licence', { license: 'ISC' }, {}, /other@1\.0\.0 contains no text of its licence, ISC/],
  ])('cannot be one with %s', (_what, change, files, message) => {
    rmSync(join(root, 'node_modules/other'), { recursive: true, force: true });
    const file = install('node_modules/other', { ...MIT, name: 'other', ...change }, files);
    expect(() => bundledPackages([reported({ [file]: 1 })])).toThrow(message);
  });

  it('share a text in the notices', () => {
    const packages = ['a@1.0.0', 'b@1.0.0'].map((id) => ({ id, license: 'MIT', texts: ['the text'] }));
    const text = notices(packages);
    expect(text).toContain('a@1.0.0 (MIT)\nb@1.0.0 (MIT)\n');
    expect(text.split('the text')).toHaveLength(2);
  });

  it('are all in the lock file, or there is no bill of materials', async () => {
    const unknown = { id: 'left@1.0.0', license: 'MIT', texts: [] };
    await expect(billOfMaterials([unknown], 'ringdown')).rejects.toThrow('does not list everything');
  }, 60_000);
});
