// The storage account: the app's tables and queues, the state of the Functions host, and the deployment package. Key access is off;
// the app's identity has the three data roles.

import { logCategories, logsTo, privateNetwork, reachableFrom, resourceTags } from 'types.bicep'

param name string
param location string
param sku string
param tags resourceTags
param principalId string
param withDeleteLock bool
param network privateNetwork?
param workspaceId string
param logs logCategories

// The same as in src/lib/storage: test/unit/infra.test.ts compares them. Created here, so that the first call does not wait for it,
// and the poison queues exist before the first failure.
var queues = [
  'start-call'
  'join-call'
  'play-audio'
  'cancel-media'
  'invite-participants'
  'remove-participant'
  'hang-up'
]
var poisonQueues = [for queue in queues: '${queue}-poison']

var tables = [
  'Outages'
  'Recipients'
  'CallLegs'
  'Requests'
  'Lines'
  'OptOuts'
  'Failures'
]

var roles = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    ...reachableFrom(network)
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
  }
}

// Azure keeps no copies of tables. A lock keeps the account from being deleted by mistake, alone or with its group.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (withDeleteLock) {
  scope: account
  name: 'keep-tables'
  properties: {
    level: 'CanNotDelete'
    notes: 'The tables hold every outage, its people and the opt-outs. See docs/operations.md.'
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs.blobs)) {
  scope: blobService
  name: 'logs'
  properties: logsTo(workspaceId, logs.blobs)
}

resource deploymentContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobService
  name: 'deployments'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs.queues)) {
  scope: queueService
  name: 'logs'
  properties: logsTo(workspaceId, logs.queues)
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [
  for queueName in concat(queues, poisonQueues): {
    parent: queueService
    name: queueName
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs.tables)) {
  scope: tableService
  name: 'logs'
  properties: logsTo(workspaceId, logs.tables)
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-08-01' = [
  for tableName in tables: {
    parent: tableService
    name: tableName
  }
]

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    scope: account
    name: guid(account.id, principalId, role.value)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

module endpoint 'private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (network != null) {
    params: {
      name: '${name}-${service}'
      location: location
      tags: tags
      targetId: account.id
      service: service
      subnetId: network!.endpointSubnetId
      dnsZoneId: network!.dnsZoneIds[service]
    }
  }
]

output name string = account.name
output deploymentContainerUrl string = '${account.properties.primaryEndpoints.blob}${deploymentContainer.name}'
