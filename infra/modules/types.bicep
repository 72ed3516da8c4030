// The types that several modules share.

@export()
@description('Tags of a resource.')
type resourceTags = { *: string }

@export()
@description('Number of instances, by scale group: http, or function:<name>.')
type instanceCounts = { *: int }

@export()
@description('Categories of logs that go to Log Analytics, by resource. An empty list: none. Each category is billed by the GB.')
type logCategories = {
  app: string[]
  vault: string[]
  communication: string[]
  blobs: string[]
  queues: string[]
  tables: string[]
}

@export()
@description('A network of yours through which the app reaches storage and Key Vault. docs/deploy.md has the requirements.')
type privateNetwork = {
  @description('Resource id of a subnet for the app alone, delegated to Microsoft.App/environments.')
  appSubnetId: string

  @description('Resource id of the subnet for the private endpoints.')
  endpointSubnetId: string

  @description('Resource ids of the private DNS zones privatelink.blob…, queue…, table… and vaultcore…, linked to the network.')
  dnsZoneIds: {
    blob: string
    queue: string
    table: string
    vault: string
  }

  @description('Public addresses, or ranges of four and more (CIDR), that may still use storage and Key Vault. None: only the network.')
  allowedAddresses: string[]
}

@export()
@description('A monthly budget of the resource group.')
type monthlyBudget = {
  @description('In the currency of the subscription.')
  amount: int

  @description('First day of the month of its first deployment, as in 2026-12-01. Azure refuses to change it.')
  start: string
}

type diagnosticSetting = {
  workspaceId: string
  logs: { category: string, enabled: bool }[]
}

@export()
@description('Properties of a diagnostic setting.')
func logsTo(workspaceId string, categories string[]) diagnosticSetting => {
  workspaceId: workspaceId
  logs: map(categories, category => { category: category, enabled: true })
}

type access = {
  publicNetworkAccess: 'Enabled' | 'Disabled'
  networkAcls: {
    bypass: 'AzureServices'
    defaultAction: 'Allow' | 'Deny'
    ipRules: { value: string }[]
  }
}

// Written in full without a network too, so that taking it away opens the resource again.
@export()
@description('Properties of a resource that say who reaches it: everybody with a role, or only a private network and some addresses.')
func reachableFrom(network privateNetwork?) access => {
  publicNetworkAccess: network != null && empty(network!.allowedAddresses) ? 'Disabled' : 'Enabled'
  networkAcls: {
    // Azure Resource Manager creates the secrets.
    bypass: 'AzureServices'
    defaultAction: network == null ? 'Allow' : 'Deny'
    ipRules: map(network.?allowedAddresses ?? [], address => { value: address })
  }
}
