// The function app on Flex Consumption. It uses one managed identity; its settings contain no keys.

import { instanceCounts, logsTo, privateNetwork, resourceTags } from 'types.bicep'

param name string
param location string
param tags resourceTags
param identityId string
param identityClientId string
param storageAccountName string
param deploymentContainerUrl string
param communicationEndpoint string
param communicationResourceId string
param speechEndpoint string
param callbackSecretUri string
param previousCallbackSecretUri string
param numberSecretUri string
param callbackBaseUrl string
param callerNumbers string
param callLeaseSeconds int
param maxCallSeconds int
param dailyCalls int
param callPrices string
param dailyMinutes int
param applicationInsightsConnectionString string
param alwaysReady instanceCounts
param maximumInstances int
param instanceMemoryMB int
param nodeVersion string
param updateStrategy 'Recreate' | 'RollingUpdate'
param zoneRedundant bool
param network privateNetwork?
param workspaceId string
param logs string[]

// The settings that src/lib/config/settings.ts reads, and one of the host: test/unit/infra.test.ts compares them. Empty ones are
// left out: an empty AzureWebJobsStorage would hide the account name from the host, and for the others the app's defaults apply.
var settings = {
  AzureWebJobsStorage: ''
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__queueServiceUri: ''
  AzureWebJobsStorage__tableServiceUri: ''
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  CALL_AUTOMATION_API: 'ga'
  ACS_CONNECTION_STRING: ''
  ACS_ENDPOINT: communicationEndpoint
  AZURE_CLIENT_ID: identityClientId
  ACS_SOURCE_IDENTITY: ''
  ACS_RESOURCE_ID: communicationResourceId
  ACS_ISSUER: ''
  COGNITIVE_SERVICES_ENDPOINT: speechEndpoint
  CALLER_NUMBERS: callerNumbers
  CALLBACK_BASE_URL: callbackBaseUrl
  CALLBACK_SECRET: '@Microsoft.KeyVault(SecretUri=${callbackSecretUri})'
  CALLBACK_SECRET_PREVIOUS: empty(previousCallbackSecretUri)
    ? ''
    : '@Microsoft.KeyVault(SecretUri=${previousCallbackSecretUri})'
  NUMBER_SECRET: '@Microsoft.KeyVault(SecretUri=${numberSecretUri})'
  CALL_LEASE_SECONDS: string(callLeaseSeconds)
  MAX_CALL_SECONDS: string(maxCallSeconds)
  NUMBER_DELAY_SECONDS: ''
  NUMBER_CALLS_A_DAY: ''
  DAILY_CALLS: dailyCalls == 0 ? '' : string(dailyCalls)
  DAILY_MINUTES: dailyMinutes == 0 ? '' : string(dailyMinutes)
  RETENTION_DAYS: ''
  BREAKER_AFTER: ''
  CALLS_PER_SECOND: ''
  CALL_COUNTRIES: ''
  CALL_NUMBER_TYPES: ''
  CALL_PRICES: callPrices
  // Without it the host answers at / with a page of its own.
  AzureWebJobsDisableHomepage: 'true'
  // The Functions host reads both, too. The resource takes no key, so the connection string is only an address.
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identityClientId}'
}

var given = filter(items(settings), setting => !empty(setting.value))

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'ringdown' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: network.?appSubnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      appSettings: map(given, setting => { name: setting.key, value: setting.value })
    }
    functionAppConfig: {
      runtime: { name: 'node', version: nodeVersion }
      // Bicep's types lack it. Microsoft documents it from API version 2024-11-01 on: Site update strategies in Flex Consumption.
      #disable-next-line BCP037
      siteUpdateStrategy: { type: updateStrategy }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: map(items(alwaysReady), group => { name: group.key, instanceCount: group.value })
      }
    }
  }
}

// No publishing with a password: FTP has no other way, and everything else signs in with Microsoft Entra ID.
resource password 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [
  for way in ['ftp', 'scm']: {
    parent: app
    name: any(way)
    properties: {
      allow: false
    }
  }
]

resource appLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs)) {
  scope: app
  name: 'logs'
  properties: logsTo(workspaceId, logs)
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
