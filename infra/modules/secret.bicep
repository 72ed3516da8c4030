// The app's secrets: one signs callback URIs, one makes the ids of phone numbers. They are in Key Vault, not in the app settings, so
// that a deployment can keep them without knowing them. To rotate the first, write a new version; never change the second
// (docs/operations.md).

import { logsTo, privateNetwork, reachableFrom, resourceTags } from 'types.bicep'

param vaultName string
param location string
param tags resourceTags
param principalId string
param network privateNetwork?
param workspaceId string
param logs string[]

@secure()
@description('Initial callback secret, generated at the first deployment. Later deployments ignore it.')
param firstSecret string = '${newGuid()}${newGuid()}'

@secure()
@description('The number secret, generated at the first deployment. Later deployments ignore it.')
param numberSecretValue string = '${newGuid()}${newGuid()}'

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    ...reachableFrom(network)
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    // Without the number secret, every opt-out is lost: a deleted vault can be recovered for 90 days, and not be purged.
    enablePurgeProtection: true
  }
}

@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'callback-secret'
  properties: {
    value: firstSecret
  }
}

@onlyIfNotExists()
resource numberSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'number-secret'
  properties: {
    value: numberSecretValue
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logs)) {
  scope: vault
  name: 'logs'
  properties: logsTo(workspaceId, logs)
}

module endpoint 'private-endpoint.bicep' = if (network != null) {
  params: {
    name: '${vaultName}-vault'
    location: location
    tags: tags
    targetId: vault.id
    service: 'vault'
    subnetId: network!.endpointSubnetId
    dnsZoneId: network!.dnsZoneIds.vault
  }
}

output vaultName string = vault.name
// Without a version: Azure takes the newest.
output callbackSecretUri string = secret.properties.secretUri
output numberSecretUri string = numberSecret.properties.secretUri
