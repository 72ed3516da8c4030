import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleDashboard } from '../../local/dashboard.ts';

/** KB that travel, for a browser that accepts only gzip. In a storm, the person who opens the page may have one bar of reception. */
const LIMITS = { 'main.js': 60, 'main.css': 5, 'index.html': 1, 'icon.svg': 1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  await bundleDashboard(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string): Promise<Buffer> => readFile(join(folder, name));

it.each(Object.entries(LIMITS))('%s is at most %i KB on the wire, and less in brotli', async (name, limit) => {
  const [gzip, brotli] = [(await read(`${name}.gz`)).length / 1000, (await read(`${name}.br`)).length / 1000];
  console.error(`${name}: ${gzip.toFixed(1)} KB in gzip, ${brotli.toFixed(1)} KB in brotli, of ${limit}`);
  expect(gzip).toBeLessThanOrEqual(limit);
  expect(brotli).toBeLessThan(gzip);
});

it('the page contains no code of the app, and loads nothing from other hosts', async () => {
  const script = (await read('main.js')).toString();
  expect(script).not.toMatch(/zod|@azure|require\(/);
  const hosts = new Set(
    [script, String(await read('main.css'))].flatMap((text) => text.match(/https?:\/\/[\w.]+/g) ?? []),
  );
  // XML namespaces: nothing is loaded from there.
  expect([...hosts].filter((host) => host !== 'http://www.w3.org')).toEqual([]);
});
