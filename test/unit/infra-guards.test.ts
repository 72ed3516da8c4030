import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findBicep, type Snapshot, snapshot } from '../infra/bicep.ts';

/** What in infra/ keeps others out, records who came in, and warns of misuse and cost. */

const resource = (name: string) => `/subscriptions/s/resourceGroups/network/${name}`;
const NETWORK = {
  appSubnetId: resource('app'),
  endpointSubnetId: resource('endpoints'),
  dnsZoneIds: {
    blob: resource('blob-zone'),
    queue: resource('queue-zone'),
    table: resource('table-zone'),
    vault: resource('vault-zone'),
  },
  allowedAddresses: ['203.0.113.7'],
};
const WITH_MAIL = { ACS_DATA_LOCATION: 'Europe', ALERT_EMAIL: 'on-call@example.org' };

const bicep = findBicep();

describe.skipIf(!bicep)('a deployment of infra/', () => {
  let byDefault: Snapshot;
  let withNetwork: Snapshot;
  let closed: Snapshot;
  beforeAll(async () => {
    const deploy = (network: typeof NETWORK) =>
      snapshot(bicep ?? '', 'main.bicepparam', {
        ...WITH_MAIL,
        MONTHLY_BUDGET: JSON.stringify({ amount: 300, start: '2026-12-01' }),
        PRIVATE_NETWORK: JSON.stringify(network),
      });
    [byDefault, withNetwork, closed] = await Promise.all([
      snapshot(bicep ?? '', 'sample.bicepparam', {}),
      deploy(NETWORK),
      deploy({ ...NETWORK, allowedAddresses: [] }),
    ]);
  }, 180_000);

  it('compiles without a diagnostic, with a network and a budget too', () => {
    expect(withNetwork.diagnostics).toEqual([]);
    expect(closed.diagnostics).toEqual([]);
  });

  it('takes no password to publish, over FTP or otherwise', () => {
    const policies = byType(byDefault, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies.map(({ name, properties }) => [name.split('/').at(-1), properties])).toEqual([
      ['ftp', { allow: false }],
      ['scm', { allow: false }],
    ]);
  });

  it('speaks TLS 1.2 or newer only', () => {
    const config = { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' };
    expect(only(byDefault, 'Microsoft.Web/sites')).toMatchObject({ httpsOnly: true, siteConfig: config });
    const storage = { minimumTlsVersion: 'TLS1_2', supportsHttpsTrafficOnly: true };
    expect(only(byDefault, 'Microsoft.Storage/storageAccounts')).toMatchObject(storage);
  });

  it('lets nobody purge the secrets', () => {
    const protectedVault = { enableSoftDelete: true, enablePurgeProtection: true, enableRbacAuthorization: true };
    expect(only(byDefault, 'Microsoft.KeyVault/vaults')).toMatchObject(protectedVault);
  });

  it('records who reads and writes the tables, the package and the secrets, and what ACS does', () => {
    expect(logs(byDefault)).toEqual({
      'Microsoft.Communication/communicationServices': [
        'AuthOperational',
        'CallAutomationOperational',
        'CallAutomationMediaSummary',
      ],
      'Microsoft.KeyVault/vaults': ['AuditEvent'],
      'Microsoft.Storage/storageAccounts/blobServices': ['StorageWrite', 'StorageDelete'],
      'Microsoft.Storage/storageAccounts/tableServices': ['StorageRead', 'StorageWrite', 'StorageDelete'],
      'Microsoft.Web/sites': ['AppServiceAuthenticationLogs'],
    });
  });

  it('reaches storage and the vault over the internet, with identities, unless there is a network', () => {
    expect(only(byDefault, 'Microsoft.Web/sites')['virtualNetworkSubnetId']).toBeNull();
    for (const type of GUARDED)
      expect(only(byDefault, type), type).toMatchObject({
        publicNetworkAccess: 'Enabled',
        networkAcls: { defaultAction: 'Allow', ipRules: [] },
      });
    expect(byType(byDefault, 'Microsoft.Network/privateEndpoints')).toEqual([]);
  });

  it('keeps everybody out of storage and the vault but the network, Azure and the allowed addresses', () => {
    expect(only(withNetwork, 'Microsoft.Web/sites')).toMatchObject({ virtualNetworkSubnetId: NETWORK.appSubnetId });
    for (const type of GUARDED) {
      const rules = { bypass: 'AzureServices', defaultAction: 'Deny' };
      expect(only(withNetwork, type), type).toMatchObject({
        publicNetworkAccess: 'Enabled',
        networkAcls: { ...rules, ipRules: [{ value: '203.0.113.7' }] },
      });
      expect(only(closed, type), type).toMatchObject({
        publicNetworkAccess: 'Disabled',
        networkAcls: { ...rules, ipRules: [] },
      });
    }
  });

  it('gives each service that the app reaches an endpoint in the network, and a name', () => {
    const endpoints = byType(withNetwork, 'Microsoft.Network/privateEndpoints').map(({ properties }) => {
      const { subnet, privateLinkServiceConnections: connections } = Endpoint.parse(properties);
      expect(subnet.id).toBe(NETWORK.endpointSubnetId);
      return connections.flatMap(({ properties }) => [
        properties.privateLinkServiceId.split('/').at(-2),
        ...properties.groupIds,
      ]);
    });
    expect(endpoints).toEqual([
      ['storageAccounts', 'blob'],
      ['storageAccounts', 'queue'],
      ['storageAccounts', 'table'],
      ['vaults', 'vault'],
    ]);
    const zones = byType(withNetwork, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups').flatMap(
      ({ properties }) =>
        Zones.parse(properties).privateDnsZoneConfigs.map(({ name, properties }) => [
          name,
          properties.privateDnsZoneId,
        ]),
    );
    expect(Object.fromEntries(zones)).toEqual(NETWORK.dnsZoneIds);
  });

  it('warns of many requests that are refused with 401, which the app never sees', () => {
    const alert = {
      enabled: true,
      criteria: {
        allOf: [{ metricNamespace: 'Microsoft.Web/sites', metricName: 'Http401', timeAggregation: 'Total' }],
      },
    };
    expect(only(byDefault, 'Microsoft.Insights/metricAlerts')).toMatchObject({ ...alert, actions: [] });
    const { actions } = only(withNetwork, 'Microsoft.Insights/metricAlerts');
    expect(actions).toEqual([{ actionGroupId: expect.any(String) }]);
  });

  it('warns of more calls in an hour than planned, and of any row that another alert finds', () => {
    const thresholds = byType(byDefault, 'Microsoft.Insights/scheduledQueryRules').map(({ properties }) => {
      const { displayName, windowSize, criteria } = Rule.parse(properties);
      return [displayName.replace(/^ringdown-/, ''), windowSize, criteria.allOf[0]?.threshold];
    });
    const [calls] = thresholds.filter(([name]) => String(name).endsWith('many-calls'));
    expect(calls?.slice(1)).toEqual(['PT1H', 5000]);
    for (const [name, , threshold] of thresholds) if (name !== calls?.[0]) expect(threshold, String(name)).toBe(0);
  });

  it('mails when most of the budget is spent, or more than it is expected, if there is a budget', () => {
    expect(byType(byDefault, 'Microsoft.Consumption/budgets')).toEqual([]);
    const mail = { enabled: true, operator: 'GreaterThan', contactEmails: [WITH_MAIL.ALERT_EMAIL] };
    expect(only(withNetwork, 'Microsoft.Consumption/budgets')).toMatchObject({
      category: 'Cost',
      amount: 300,
      timeGrain: 'Monthly',
      timePeriod: { startDate: '2026-12-01T00:00:00Z' },
      notifications: {
        spent: { ...mail, threshold: 80, thresholdType: 'Actual' },
        expected: { ...mail, threshold: 100, thresholdType: 'Forecasted' },
      },
    });
  });
});

/** What the network closes. ACS has no private endpoint, and calls back over the internet. */
const GUARDED = ['Microsoft.Storage/storageAccounts', 'Microsoft.KeyVault/vaults'];

const Endpoint = z.object({
  subnet: z.object({ id: z.string() }),
  privateLinkServiceConnections: z.array(
    z.object({ properties: z.object({ privateLinkServiceId: z.string(), groupIds: z.array(z.string()) }) }),
  ),
});
const Zones = z.object({
  privateDnsZoneConfigs: z.array(
    z.object({ name: z.string(), properties: z.object({ privateDnsZoneId: z.string() }) }),
  ),
});
const Rule = z.object({
  displayName: z.string(),
  windowSize: z.string(),
  criteria: z.object({ allOf: z.array(z.object({ threshold: z.number() })) }),
});
const Setting = z.object({
  id: z.string(),
  properties: z.object({
    workspaceId: z.string().includes('outputs.workspaceId'),
    logs: z.array(z.object({ category: z.string(), enabled: z.literal(true) })),
  }),
});

const byType = (of: Snapshot, type: string) => of.predictedResources.filter((resource) => resource.type === type);

function only(of: Snapshot, type: string): Record<string, unknown> {
  const found = byType(of, type);
  expect(found, type).toHaveLength(1);
  return found[0]?.properties ?? {};
}

/** The categories of logs that are kept, by the type of the resource that writes them. */
function logs(of: Snapshot): Record<string, string[]> {
  const settings = z.array(Setting).parse(byType(of, 'Microsoft.Insights/diagnosticSettings'));
  return Object.fromEntries(
    settings.map(({ id, properties }) => {
      const [, provider, ...path] = /providers\/([^/]+)\/(.+?)\/providers/.exec(id) ?? [];
      const types = (path[0] ?? '').split('/').filter((_, index) => index % 2 === 0);
      return [[provider, ...types].join('/'), properties.logs.map(({ category }) => category)];
    }),
  );
}
