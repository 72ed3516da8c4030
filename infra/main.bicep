// Creates everything that Ringdown needs in Azure, in one resource group. How to deploy it: docs/deploy.md.
targetScope = 'resourceGroup'

import { instanceCounts, logCategories, monthlyBudget, privateNetwork, resourceTags } from 'modules/types.bicep'

@minLength(3)
@maxLength(16)
@description('Name from which the names of the resources are made: lower-case letters, digits and hyphens.')
param name string = 'ringdown'

@description('Azure region. It must offer Flex Consumption; list the regions with: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Geography in which ACS stores its data at rest. It can never be changed, so it has no default: choose it with the region.')
@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
])
param dataLocation string

@description('The app\'s own phone numbers, each with the number of calls it may have at once: number:lines, comma-separated; number@account:lines for a Teams resource account, with its object id. Required: the app does not start without it.')
param callerNumbers string = ''

@description('Whether to create the Azure AI resource for text-to-speech. Without it, scripts can only play audio files.')
param withSpeech bool = false

@description('Base URL at which ACS reaches the app. Default: the host name of the function app.')
param callbackBaseUrl string = ''

@description('Key Vault URI of the previous callback secret. Set it only while the secret is being rotated, see docs/operations.md.')
param previousCallbackSecretUri string = ''

@description('The timer checks an attempt without events for this long, in seconds. Must be longer than the longest audio.')
@minValue(60)
@maxValue(86400)
param callLeaseSeconds int = 300

@description('Maximum length of a call, in seconds. The app hangs up longer calls.')
@minValue(5)
@maxValue(86400)
param maxCallSeconds int = 3600

@description('Calls a day (UTC), after which only emergencies call. 0: no limit.')
@minValue(0)
param dailyCalls int = 0

@description('Minutes of calls a day (UTC), likewise. 0: no limit.')
@minValue(0)
param dailyMinutes int = 0

@description('What a minute of a call costs, for the estimate before an outage is launched: USD US:0.013,*:0.1. Empty: no estimate.')
param callPrices string = ''

// On Flex Consumption all HTTP functions share instances, and each queue function has its own. When a callee answers, `callEvents`
// (http) receives the event and `playAudio` plays the message. If one of them has no instance, the callee hears silence during the
// cold start, and many hang up. These two therefore always have an instance. A cold start of `startCall` only delays the first
// calls, and one of `hangUp` only keeps a line in use for longer.
@description('Number of always-ready instances, by scale group: http, or function:<name>. Each is billed even when idle.')
param alwaysReady instanceCounts = {
  http: 1
  'function:playAudio': 1
}

@description('Maximum number of instances per scale group.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Memory per instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Version of Node.js: docs/deploy.md has the versions that Azure supports.')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('What Azure does with running functions when a new version is published: Recreate stops them, RollingUpdate (preview) lets them finish. See docs/operations.md.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string = 'Recreate'

@description('Whether the instances are spread over zones. Azure then keeps two instances of each scale group ready, and bills them: docs/costs.md.')
param zoneRedundant bool = false

@description('Email address for alerts. If empty, alerts are only shown in the portal.')
param alertEmail string = ''

@description('How long a running outage may start no call before an alert fires. Must be longer than the retry delays.')
@allowed(['PT15M', 'PT30M', 'PT1H', 'PT2H'])
param standstill string = 'PT1H'

@description('An alert fires if more calls than this are started in an hour: set it above what your numbers can do.')
@minValue(1)
param callsAnHour int = 5000

@description('Monthly budget of the resource group: mail to alertEmail at 80 % spent and 100 % expected. Not every kind of subscription has budgets.')
param budget monthlyBudget?

@description('Private network of the app, storage and Key Vault. Without it, they are reached over the internet, with identities.')
param network privateNetwork?

// Left out by default: FunctionAppLogs, which Application Insights has already; logs of ACS that may hold numbers of people
// (CallSummary, CallDiagnostics and others name participants); and those of the queues, which are polled ten times a second. docs/costs.md
// has the price of each.
@description('Which logs of the resources go to Log Analytics.')
param logs logCategories = {
  app: ['AppServiceAuthenticationLogs']
  vault: ['AuditEvent']
  communication: ['AuthOperational', 'CallAutomationOperational', 'CallAutomationMediaSummary']
  blobs: ['StorageWrite', 'StorageDelete']
  queues: []
  tables: ['StorageRead', 'StorageWrite', 'StorageDelete']
}

@description('SKU of the storage account. Standard_ZRS survives the loss of a zone. Use Standard_LRS in a region without zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Whether a lock keeps the storage account from being deleted. Creating and removing it takes the right Microsoft.Authorization/locks/*: Owner or User Access Administrator.')
param withDeleteLock bool = true

@description('Name of the azd environment. azd sets it.')
param environmentName string = ''

var suffix = uniqueString(resourceGroup().id)
var tags resourceTags = empty(environmentName) ? {} : { 'azd-env-name': environmentName }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  params: {
    name: take(toLower('${replace(name, '-', '')}${suffix}'), 24)
    location: location
    sku: storageSku
    tags: tags
    principalId: identity.properties.principalId
    withDeleteLock: withDeleteLock
    network: network
    workspaceId: monitoring.outputs.workspaceId
    logs: logs
  }
}

module communication 'modules/communication.bicep' = {
  params: {
    name: '${name}-${suffix}'
    location: location
    dataLocation: dataLocation
    tags: tags
    principalId: identity.properties.principalId
    withSpeech: withSpeech
    workspaceId: monitoring.outputs.workspaceId
    logs: logs.communication
  }
}

module secret 'modules/secret.bicep' = {
  params: {
    vaultName: take('${name}-${suffix}', 24)
    location: location
    tags: tags
    principalId: identity.properties.principalId
    network: network
    workspaceId: monitoring.outputs.workspaceId
    logs: logs.vault
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    alertEmail: alertEmail
    standstill: standstill
    callsAnHour: callsAnHour
    principalId: identity.properties.principalId
  }
}

module app 'modules/app.bicep' = {
  params: {
    name: '${name}-${suffix}'
    location: location
    tags: tags
    identityId: identity.id
    identityClientId: identity.properties.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    communicationEndpoint: communication.outputs.endpoint
    communicationResourceId: communication.outputs.immutableResourceId
    speechEndpoint: communication.outputs.speechEndpoint
    callbackSecretUri: secret.outputs.callbackSecretUri
    previousCallbackSecretUri: previousCallbackSecretUri
    numberSecretUri: secret.outputs.numberSecretUri
    callbackBaseUrl: callbackBaseUrl
    callerNumbers: callerNumbers
    callLeaseSeconds: callLeaseSeconds
    maxCallSeconds: maxCallSeconds
    dailyCalls: dailyCalls
    callPrices: callPrices
    dailyMinutes: dailyMinutes
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    alwaysReady: alwaysReady
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    nodeVersion: nodeVersion
    updateStrategy: updateStrategy
    zoneRedundant: zoneRedundant
    network: network
    workspaceId: monitoring.outputs.workspaceId
    logs: logs.app
  }
}

module guards 'modules/guards.bicep' = {
  params: {
    name: name
    tags: tags
    appId: app.outputs.id
    actionGroupId: monitoring.outputs.actionGroupId
    alertEmail: alertEmail
    budget: budget
  }
}

module availability 'modules/availability.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    appUrl: app.outputs.url
  }
}

output functionAppName string = app.outputs.name
output url string = app.outputs.url
output storageAccountName string = storage.outputs.name
output communicationName string = communication.outputs.name
@description('Names the ACS resource when a Teams resource account is assigned to it: docs/teams-phone.md.')
output communicationHostName string = communication.outputs.hostName
@description('The immutable id of the ACS resource, which a Teams resource account is linked to: docs/teams-phone.md.')
output communicationResourceId string = communication.outputs.immutableResourceId
output vaultName string = secret.outputs.vaultName
