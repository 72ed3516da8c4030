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

  it('that the app reads are those that Bicep lists', () => {
    expect(new Set(new BicepFile('infra/modules/app.bicep').keys('settings'))).toEqual(read);
  });

  it('that the app reads are those of local.settings.sample.json', () => {
    const sample = z
      .object({ Values: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('local.settings.sample.json', 'utf8')));
    // The Core Tools ask for it; in Azure it is a property of the app.
    const { FUNCTIONS_WORKER_RUNTIME: _host, ...values } = sample.Values;
    expect(new Set(Object.keys(values))).toEqual(read);
  });
});

describe('what is created up front', () => {
  const storage = new BicepFile('infra/modules/storage.bicep');

  it('is every queue of the app', () => expect(new Set(storage.list('queues'))).toEqual(new Set(QUEUES)));
  it('is every table of the app', () => expect(new Set(storage.list('tables'))).toEqual(new Set(TABLES)));
});

describe('Bicep', () => {
  it.each(FILES)('is written as its grammar wants it: %s', (name) => {
    expect(new BicepFile(join('infra', name)).syntaxErrors()).toEqual([]);
  });

  it.each(main.modules())('gives $path all that it needs, and nothing that it does not know', ({ path, given }) => {
    const params = new BicepFile(join('infra', path)).params();
    const needed = [...params].filter(([, hasDefault]) => !hasDefault).map(([name]) => name);
    expect([...params.keys()]).toEqual(expect.arrayContaining(given));
    expect(given).toEqual(expect.arrayContaining(needed));
  });

  it('knows the parameters that main.bicepparam sets', () => {
    const set = readFileSync('infra/main.bicepparam', 'utf8').matchAll(/^param (\w+) =/gm);
    expect([...main.params().keys()]).toEqual(expect.arrayContaining([...set].map(([, name]) => name)));
  });

  it.each(FILES)('has nothing that is not used: %s', (name) => {
    const text = readFileSync(join('infra', name), 'utf8');
    const once = new BicepFile(join('infra', name)).names().filter((declared) => {
      return text.match(new RegExp(`\\b${declared}\\b`, 'g'))?.length === 1;
    });
    // A resource may be there for its own sake.
    expect(once.filter((declared) => new RegExp(`^(param|var) ${declared}\\b`, 'm').test(text))).toEqual([]);
  });
});

describe('an alert', () => {
  const queries = readFileSync('infra/modules/monitoring.bicep', 'utf8');

  it('asks for functions that there are', () => {
    const functions = readdirSync('src/functions').map((file) => file.replace(/\.ts$/, ''));
    const named = [...queries.matchAll(/\b(?:operation_N|n)ame (?:==|in) \(?((?:'\w+'(?:, )?)+)/g)];
    const asked = named.flatMap(([, list = '']) => [...list.matchAll(/\w+/g)].map(([name]) => name));
    expect(asked.length).toBeGreaterThan(0);
    expect(functions).toEqual(expect.arrayContaining(asked));
  });

  it('asks only for what the host does not sample away', () => {
    const asked = new Set(
      [...queries.matchAll(/^(?:\| where toscalar\()?(traces|requests)\b/gm)].map(([, table]) => table),
    );
    expect(asked).toEqual(new Set(['traces', 'requests']));
    expect(readFileSync('host.json', 'utf8')).toContain('"excludedTypes": "Request;Exception;Trace"');
  });

  it('reads what the timer logs, as the timer logs it', () => {
    expect(queries).toContain("parse message with 'outage ' outage ' is running: ' started:int ' calls started' *");
    const log = readFileSync('src/functions/notifyOutages.ts', 'utf8');
    expect(log).toMatch(/`outage \$\{outage\} is \$\{state\}: \$\{started\} calls started/);
  });
});
