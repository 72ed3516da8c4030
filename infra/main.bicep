// Everything that Ringdown needs in Azure, in one resource group. How to use it: docs/deploy.md.
targetScope = 'resourceGroup'

@minLength(3)
@maxLength(16)
@description('What the resources are called; lower-case letters, digits and hyphens.')
param name string = 'ringdown'

@description('Where they are. Flex Consumption must be offered there: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Where ACS keeps its data at rest. It cannot be changed later.')
param dataLocation string = 'United States'

@description('Our own phone numbers and the calls each may have at once: number:lines, comma-separated. Until it is given the app does not start.')
param callerNumbers string = ''

@description('Also create the Azure AI resource that says texts. Without it, scripts play audio files only.')
param withSpeech bool = false

@description('Where ACS reaches the app, if that is not its own host name.')
param callbackBaseUrl string = ''

@description('While the callback secret is being rotated: the Key Vault URI of the version before. docs/operations.md says how.')
param previousCallbackSecretUri string = ''

@description('An attempt that is silent for so long is looked into, seconds; longer than the longest audio.')
@minValue(5)
@maxValue(86400)
param callLeaseSeconds int = 300

@description('No call lasts longer, seconds.')
@minValue(5)
@maxValue(86400)
param maxCallSeconds int = 3600

// What a cold start does to somebody who waits. On Flex Consumption all HTTP functions share instances, and each queue function has
// instances of its own. When somebody answers, `callEvents` (http) must hear of it and `playAudio` must act on it; where either has
// no instance yet, the callee listens to silence while one is found, started and loaded, and many hang up. So these two are kept
// ready. The first calls of an outage wait for `startCall` as well, but nobody listens then; `hangUp` keeps a line for longer.
@description('Instances that are always ready, by scale group: http, or function:<name>. Each is paid for also while nothing happens.')
param alwaysReady object = {
  http: 1
  'function:playAudio': 1
}

@description('Instances at most, of each scale group.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Memory of an instance, MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Who is told of alerts, by email; nobody by default: they are then to be seen in the portal only.')
param alertEmail string = ''

@description('An outage that runs for so long without any call is taken to stand still. Longer than its retry delays.')
@allowed(['PT15M', 'PT30M', 'PT1H', 'PT2H'])
param standstill string = 'PT1H'

@description('Standard_ZRS keeps working when a zone of the region does not; where a region has no zones: Standard_LRS.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Set by azd: the environment that the resources belong to.')
param environmentName string = ''

var suffix = uniqueString(resourceGroup().id)
var tags = empty(environmentName) ? {} : { 'azd-env-name': environmentName }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  name: '${name}-storage'
  params: {
    name: take(toLower('${replace(name, '-', '')}${suffix}'), 24)
    location: location
    sku: storageSku
    tags: tags
    principalId: identity.properties.principalId
  }
}

module communication 'modules/communication.bicep' = {
  name: '${name}-communication'
  params: {
    name: '${name}-${suffix}'
    location: location
    dataLocation: dataLocation
    tags: tags
    principalId: identity.properties.principalId
    withSpeech: withSpeech
  }
}

module secret 'modules/secret.bicep' = {
  name: '${name}-secret'
  params: {
    vaultName: take('${name}-${suffix}', 24)
    location: location
    tags: tags
    principalId: identity.properties.principalId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: '${name}-monitoring'
  params: {
    name: name
    location: location
    tags: tags
    alertEmail: alertEmail
    standstill: standstill
  }
}

module app 'modules/app.bicep' = {
  name: '${name}-app'
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
    callbackSecret: secret.outputs.reference
    previousCallbackSecretUri: previousCallbackSecretUri
    callbackBaseUrl: callbackBaseUrl
    callerNumbers: callerNumbers
    callLeaseSeconds: callLeaseSeconds
    maxCallSeconds: maxCallSeconds
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    alwaysReady: alwaysReady
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
  }
}

output functionAppName string = app.outputs.name
output url string = app.outputs.url
output storageAccountName string = storage.outputs.name
output communicationName string = communication.outputs.name
output vaultName string = secret.outputs.vaultName
