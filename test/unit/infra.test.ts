import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Settings2021, SettingsGa } from '../../src/lib/config/settings.ts';
import { QUEUES } from '../../src/lib/storage/queue-store.ts';
import { TABLES } from '../../src/lib/storage/table-store.ts';
import { BicepFile } from './support/bicep.ts';

const FILES = readdirSync('infra', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bicep'));
const main = new BicepFile('infra/main.bicep');

describe('the settings', () => {
  const read = new Set([...Object.keys(Settings2021.shape), ...Object.keys(SettingsGa.shape)]);

  it('that the app reads are exactly those in Bicep', () => {
    expect(new Set(new BicepFile('infra/modules/app.bicep').keys('settings'))).toEqual(read);
  });

  it('that the app reads are exactly those in local.settings.sample.json', () => {
    const sample = z
      .object({ Values: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('local.settings.sample.json', 'utf8')));
    // Only the Core Tools need this one as a setting; in Azure it is a property of the app.
    const { FUNCTIONS_WORKER_RUNTIME: _host, ...values } = sample.Values;
    expect(new Set(Object.keys(values))).toEqual(read);
  });
});

describe('the storage module', () => {
  const storage = new BicepFile('infra/modules/storage.bicep');

  it('creates every queue of the app', () => expect(new Set(storage.list('queues'))).toEqual(new Set(QUEUES)));
  it('creates every table of the app', () => expect(new Set(storage.list('tables'))).toEqual(new Set(TABLES)));
});

describe('Bicep', () => {
  it.each(FILES)('has no syntax errors: %s', (name) => {
    expect(new BicepFile(join('infra', name)).syntaxErrors()).toEqual([]);
  });

  it.each(main.modules())('passes every required parameter to $path, and no unknown one', ({ path, given }) => {
    const params = new BicepFile(join('infra', path)).params();
    const needed = [...params].filter(([, hasDefault]) => !hasDefault).map(([name]) => name);
    expect([...params.keys()]).toEqual(expect.arrayContaining(given));
    expect(given).toEqual(expect.arrayContaining(needed));
  });

  it('declares the parameters that main.bicepparam sets', () => {
    const set = readFileSync('infra/main.bicepparam', 'utf8').matchAll(/^param (\w+) =/gm);
    expect([...main.params().keys()]).toEqual(expect.arrayContaining([...set].map(([, name]) => name)));
  });

  it.each(FILES)('declares no unused parameter or variable: %s', (name) => {
    const text = readFileSync(join('infra', name), 'utf8');
    const once = new BicepFile(join('infra', name)).names().filter((declared) => {
      return text.match(new RegExp(`\\b${declared}\\b`, 'g'))?.length === 1;
    });
    // A resource needs no other mention in its file.
    expect(once.filter((declared) => new RegExp(`^(param|var) ${declared}\\b`, 'm').test(text))).toEqual([]);
  });
});

describe('an alert', () => {
  const queries = readFileSync('infra/modules/monitoring.bicep', 'utf8');

  it('queries only functions that exist', () => {
    const functions = readdirSync('src/functions').map((file) => file.replace(/\.ts$/, ''));
    const named = [...queries.matchAll(/\b(?:operation_N|n)ame (?:==|in) \(?((?:'\w+'(?:, )?)+)/g)];
    const queried = named.flatMap(([, list = '']) => [...list.matchAll(/\w+/g)].map(([name]) => name));
    expect(queried.length).toBeGreaterThan(0);
    expect(functions).toEqual(expect.arrayContaining(queried));
  });

  it('queries only tables that the host does not sample', () => {
    const queried = new Set(
      [...queries.matchAll(/^(?:\| where toscalar\()?(traces|requests)\b/gm)].map(([, table]) => table),
    );
    expect(queried).toEqual(new Set(['traces', 'requests']));
    expect(readFileSync('host.json', 'utf8')).toContain('"excludedTypes": "Request;Exception;Trace"');
  });

  it('parses the line that the timer logs', () => {
    expect(queries).toContain("parse message with 'outage ' outage ' is running: ' started:int ' calls started' *");
    const log = readFileSync('src/functions/notifyOutages.ts', 'utf8');
    expect(log).toMatch(/`outage \$\{outage\} is \$\{state\}: \$\{started\} calls started/);
  });
});
