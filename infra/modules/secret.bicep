// The secret that signs callback URIs, the only secret of the app. It is in Key Vault, not in the app settings, so that a deployment
// can keep it without knowing it. To rotate it, write a new version (docs/operations.md).

import { resourceTags } from 'types.bicep'

param vaultName string
param location string
param tags resourceTags
param principalId string

@secure()
@description('Initial secret, generated at the first deployment. Later deployments ignore it.')
param firstSecret string = '${newGuid()}${newGuid()}'

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
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

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output vaultName string = vault.name
// Without a version: Azure takes the newest.
output callbackSecretUri string = secret.properties.secretUri
