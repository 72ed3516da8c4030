// Azure Communication Services, and optionally the Azure AI resource for text-to-speech. No keys: the app's identity has access to
// ACS, and the identity of ACS has access to the AI resource. Phone numbers are bought by hand afterwards: docs/deploy.md.

import { logsTo, resourceTags } from 'types.bicep'

param name string
param location string
param dataLocation string
param tags resourceTags
param principalId string
param withSpeech bool
param workspaceId string
param logs string[]

var roles = {
  // The ACS documentation has no narrower role for Call Automation. It is assigned on this resource only.
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  cognitiveServicesUser: 'a97b65f3-24c7-4388-baec-2e87135dc908'
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: communication
  name: guid(communication.id, principalId, roles.contributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.contributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource communicationLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs)) {
  scope: communication
  name: 'logs'
  properties: logsTo(workspaceId, logs)
}

resource speech 'Microsoft.CognitiveServices/accounts@2025-12-01' = if (withSpeech) {
  name: '${name}-speech'
  location: location
  tags: tags
  kind: 'CognitiveServices'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: '${name}-speech'
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource speechAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withSpeech) {
  scope: speech
  name: guid(resourceGroup().id, name, roles.cognitiveServicesUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.cognitiveServicesUser)
    principalId: communication.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

output name string = communication.name
output hostName string = communication.properties.hostName
output endpoint string = 'https://${communication.properties.hostName}'
// The audience of the tokens with which ACS authenticates its callbacks.
output immutableResourceId string = communication.properties.immutableResourceId
output speechEndpoint string = withSpeech ? 'https://${name}-speech.cognitiveservices.azure.com' : ''
