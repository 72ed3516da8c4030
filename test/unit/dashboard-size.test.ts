import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleDashboard } from '../../local/dashboard.ts';

/** What the dashboard's page weighs: whoever opens it in a storm may have one bar of reception. */

const LIMITS = { 'main.js': 60, 'main.css': 6, 'index.html': 1, 'icon.svg': 1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  await bundleDashboard(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string): Promise<Buffer> => readFile(join(folder, name));

it.each(Object.entries(LIMITS))('%s is at most %i KB, gzipped', async (name, limit) => {
  const kilobytes = gzipSync(await read(name)).length / 1000;
  console.error(`${name}: ${kilobytes.toFixed(1)} KB gzipped, of ${limit}`);
  expect(kilobytes).toBeLessThanOrEqual(limit);
});

it('has no part of the app in it, and names no other host', async () => {
  const script = (await read('main.js')).toString();
  expect(script).not.toMatch(/zod|@azure|require\(/);
  const hosts = new Set(
    [script, String(await read('main.css'))].flatMap((text) => text.match(/https?:\/\/[\w.]+/g) ?? []),
  );
  // Names of languages, which nobody asks for.
  expect([...hosts].filter((host) => host !== 'http://www.w3.org')).toEqual([]);
});
