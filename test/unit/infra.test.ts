import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Settings2021, SettingsGa } from '../../src/lib/config/settings.ts';
import { QUEUES } from '../../src/lib/storage/queue-store.ts';
import { TABLES } from '../../src/lib/storage/table-store.ts';
import { findBicep, type Snapshot, snapshot } from '../infra/bicep.ts';
import { queriesOfInfra } from './support/queries.ts';

const SETTINGS = new Set([...Object.keys(Settings2021.shape), ...Object.keys(SettingsGa.shape)]);
/** Settings that only the Functions host reads. */
const OF_THE_HOST = ['AzureWebJobsDisableHomepage'];

it('the settings in local.settings.sample.json are exactly those that the app reads', () => {
  const sample = z
    .object({ Values: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('local.settings.sample.json', 'utf8')));
  // Only the Core Tools need this one as a setting; in Azure it is a property of the app.
  const { FUNCTIONS_WORKER_RUNTIME: _host, ...values } = sample.Values;
  expect(new Set(Object.keys(values))).toEqual(SETTINGS);
});

const bicep = findBicep();
if (!bicep) console.error('infra/: skipped, because the Bicep compiler is not on this machine. Get it: npm run infra');

describe.skipIf(!bicep)('a deployment of infra/', () => {
  let byDefault: Snapshot;
  let withEverything: Snapshot;
  beforeAll(async () => {
    [byDefault, withEverything] = await Promise.all([
      snapshot(bicep ?? '', 'sample.bicepparam', {}),
      snapshot(bicep ?? '', 'main.bicepparam', {
        AZURE_ENV_NAME: 'storms',
        CALLER_NUMBERS: '+14255550190:2',
        ALERT_EMAIL: 'on-call@example.org',
        WITH_SPEECH: 'true',
        ACS_DATA_LOCATION: 'Europe',
        WITH_DELETE_LOCK: 'false',
      }),
    ]);
  }, 180_000);

  it('compiles without a diagnostic', () => {
    expect(byDefault.diagnostics).toEqual([]);
    expect(withEverything.diagnostics).toEqual([]);
  });

  it('sets exactly the settings that the app or the host reads', () => {
    expect(new Set(settings(byDefault).keys())).toEqual(new Set([...SETTINGS, ...OF_THE_HOST]));
  });

  it('leaves out settings without a value, so that the defaults of the app apply', () => {
    expect(text(site(byDefault), 'siteConfig')).toContain(
      "lambda('setting', not(empty(lambdaVariables('setting').value)))",
    );
    expect(settings(byDefault).get('CALLER_NUMBERS')).toBe("''");
  });

  it('passes the parameters on to the settings', () => {
    expect(settings(withEverything).get('CALLER_NUMBERS')).toBe("'+14255550190:2'");
    expect(settings(withEverything).get('CALL_LEASE_SECONDS')).toBe("'300'");
  });

  it('runs on Node 22, updates all instances at once and spreads over no zones, unless asked to', () => {
    expect(site(byDefault)).toMatchObject({
      functionAppConfig: { runtime: { name: 'node', version: '22' }, siteUpdateStrategy: { type: 'Recreate' } },
    });
    expect(byType(byDefault, 'Microsoft.Web/serverfarms')[0]?.properties).toMatchObject({ zoneRedundant: false });
  });

  it('switches the home page of the host off', () => {
    expect(settings(byDefault).get('AzureWebJobsDisableHomepage')).toBe("'true'");
  });

  it('creates every queue of the app, each with its poison queue', () => {
    const names = namesOf(byDefault, 'Microsoft.Storage/storageAccounts/queueServices/queues');
    expect(new Set(names)).toEqual(new Set(QUEUES.flatMap((queue) => [queue, `${queue}-poison`])));
  });

  it('asks the app for its health every five minutes', () => {
    const [test] = byType(byDefault, 'Microsoft.Insights/webtests');
    expect(test?.properties).toMatchObject({ Enabled: true, Frequency: 300, Kind: 'standard' });
    expect(text(test?.properties ?? {}, 'Request')).toContain('/api/health');
  });

  it('creates every table of the app', () => {
    const names = namesOf(byDefault, 'Microsoft.Storage/storageAccounts/tableServices/tables');
    expect(new Set(names)).toEqual(new Set(TABLES));
  });

  it('grants the identity of the app just these roles', () => {
    expect(roles(byDefault)).toEqual([
      'Microsoft.Communication/communicationServices: b24988ac-6180-42a0-ab88-20f7382dd24c',
      'Microsoft.Insights/components: 3913510d-42f4-4e42-8a64-420c390055eb',
      'Microsoft.KeyVault/vaults: 4633458b-17de-408a-b874-0445c86b69e6',
      'Microsoft.Storage/storageAccounts: 0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
      'Microsoft.Storage/storageAccounts: 974c5e8b-45b9-4653-ba55-5f855dd0fb88',
      'Microsoft.Storage/storageAccounts: b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    ]);
  });

  it('grants ACS the use of the speech resource, if there is one', () => {
    expect(byType(byDefault, 'Microsoft.CognitiveServices/accounts')).toEqual([]);
    expect(roles(withEverything)).toContain(
      'Microsoft.CognitiveServices/accounts: a97b65f3-24c7-4388-baec-2e87135dc908',
    );
  });

  it('switches keys off wherever a resource has them', () => {
    const off = (type: string) =>
      byType(withEverything, type).map(({ properties }) => properties?.['disableLocalAuth']);
    expect(off('Microsoft.Communication/communicationServices')).toEqual([true]);
    expect(off('Microsoft.CognitiveServices/accounts')).toEqual([true]);
    const [insights] = byType(byDefault, 'Microsoft.Insights/components');
    expect(insights?.properties).toMatchObject({ DisableLocalAuth: true });
    const [storage] = byType(byDefault, 'Microsoft.Storage/storageAccounts');
    expect(storage?.properties).toMatchObject({ allowSharedKeyAccess: false, allowBlobPublicAccess: false });
  });

  it('keeps the storage account from being deleted, unless asked not to', () => {
    const type = 'Microsoft.Authorization/locks';
    const [lock] = byType(byDefault, type);
    expect(lock).toMatchObject({ id: expect.stringContaining('Microsoft.Storage/storageAccounts') });
    expect(lock?.properties).toMatchObject({ level: 'CanNotDelete' });
    expect(byType(withEverything, type)).toEqual([]);
  });

  it('keeps an instance ready for each function that a callee waits for', () => {
    expect(site(byDefault)).toMatchObject({
      httpsOnly: true,
      functionAppConfig: {
        scaleAndConcurrency: {
          alwaysReady: [
            { name: 'function:playAudio', instanceCount: 1 },
            { name: 'http', instanceCount: 1 },
          ],
        },
      },
    });
  });

  it('sends each alert to the address, if there is one', () => {
    const actions = (of: Snapshot) => alerts(of).map(({ actions }) => actions.actionGroups.length);
    expect(new Set(actions(byDefault))).toEqual(new Set([0]));
    expect(new Set(actions(withEverything))).toEqual(new Set([1]));
    const [people] = byType(withEverything, 'Microsoft.Insights/actionGroups');
    expect(JSON.stringify(people)).toContain('on-call@example.org');
  });

  it('deploys no query that test/unit/kql.test.ts does not read', () => {
    const read = new Set(queriesOfInfra().map(({ text }) => text));
    for (const { criteria } of alerts(byDefault)) for (const { query } of criteria.allOf) expect(read).toContain(query);
  });

  it('evaluates each alert over a window that its frequency covers', () => {
    for (const { displayName, evaluationFrequency, windowSize, criteria } of alerts(byDefault)) {
      expect(minutes(windowSize), displayName).toBeGreaterThanOrEqual(minutes(evaluationFrequency));
      expect(criteria.allOf, displayName).toHaveLength(1);
    }
  });

  it('marks everything with the name of the azd environment', () => {
    const tagged = withEverything.predictedResources.filter((resource) => 'tags' in resource);
    expect(tagged.length).toBeGreaterThan(5);
    for (const { tags } of tagged) expect(tags).toMatchObject({ 'azd-env-name': 'storms' });
  });

  it('stores the data of ACS in the geography that was asked for', () => {
    const [communication] = byType(withEverything, 'Microsoft.Communication/communicationServices');
    expect(communication?.properties).toMatchObject({ dataLocation: 'Europe' });
  });
});

describe('a file of parameters', () => {
  const text = (name: string) => readFileSync(`infra/${name}`, 'utf8');

  it('reads no environment with the Azure CLI, so that a new shell drops no value', () => {
    expect(text('sample.bicepparam')).not.toContain('readEnvironmentVariable');
  });

  it('gives no default to what can never be changed', () => {
    expect(text('main.bicepparam')).toContain("param dataLocation = readEnvironmentVariable('ACS_DATA_LOCATION')\n");
    expect(text('main.bicep')).toMatch(/^param dataLocation string$/m);
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
    const log = readFileSync('src/lib/upkeep/tick.ts', 'utf8');
    expect(log).toMatch(/`outage \$\{outage\} is \$\{state\}: \$\{started\} calls started/);
  });
});

type Resource = Snapshot['predictedResources'][number];

const Alert = z.object({
  displayName: z.string(),
  evaluationFrequency: z.string(),
  windowSize: z.string(),
  criteria: z.object({ allOf: z.array(z.object({ query: z.string() })) }),
  actions: z.object({ actionGroups: z.array(z.string()) }),
});

function byType(of: Snapshot, type: string): Resource[] {
  return of.predictedResources.filter((resource) => resource.type === type);
}

const namesOf = (of: Snapshot, type: string) => byType(of, type).map(({ name }) => name.split('/').at(-1));

const alerts = (of: Snapshot) =>
  byType(of, 'Microsoft.Insights/scheduledQueryRules').map(({ properties }) => Alert.parse(properties));

const minutes = (duration: string) => Number(/\d+/.exec(duration)?.[0]) * (duration.endsWith('H') ? 60 : 1);

const site = (of: Snapshot) => byType(of, 'Microsoft.Web/sites')[0]?.properties ?? {};

const text = (properties: Record<string, unknown>, name: string) => JSON.stringify(properties[name]);

/** Each setting with the expression of its value. They stay expressions, because Azure knows some of the values. */
function settings(of: Snapshot): Map<string, string> {
  const pairs = text(site(of), 'siteConfig').matchAll(/createObject\('key', '(\w+)', 'value', ('[^']*'|\w+\()/g);
  return new Map([...pairs].map(([, name = '', value = '']) => [name, value]));
}

/** Each role assignment: the type of the resource and the role. */
function roles(of: Snapshot): string[] {
  const assignments = z
    .array(z.object({ id: z.string(), properties: z.object({ roleDefinitionId: z.string() }) }))
    .parse(byType(of, 'Microsoft.Authorization/roleAssignments'));
  return assignments
    .map(({ id, properties }) => {
      const [, type] = /providers\/(Microsoft\.\w+\/\w+)\/[^/]+('|\/providers)/.exec(id) ?? [];
      return `${type}: ${properties.roleDefinitionId.split('/').at(-1)}`;
    })
    .sort();
}
