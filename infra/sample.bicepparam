using './main.bicep'

// The values of a deployment with the Azure CLI. Copy this file, fill it in and keep the copy in version control: each deployment
// sets everything, so a value that is missing from it is reset. It contains no secret. main.bicep describes all parameters.

// Where ACS stores its data. It can never be changed: choose the geography of your region.
param dataLocation = 'Europe'

// Your numbers and the calls that each may have at once: '+14255550190:2'. That of a Teams resource account has its object id:
// '+14255550190@11111111-2222-4333-8444-555555555555:2' (docs/teams-phone.md). Until one is set, the app answers 503.
param callerNumbers = ''

// Who gets the alerts. Set it together with the numbers: an app without a number sets off the alert timer-stopped.
param alertEmail = ''

// Whether scripts may contain texts.
param withSpeech = false

// Only while the callback secret is being rotated: docs/operations.md.
param previousCallbackSecretUri = ''

// Mail at 80 % of this amount, in the currency of the subscription. start is the month of the first deployment.
// param budget = { amount: 300, start: '2026-12-01' }

// Storage and Key Vault answer only in this network: docs/deploy.md has what it must have.
// param network = {
//   appSubnetId: '/subscriptions/…/virtualNetworks/ringdown/subnets/app'
//   endpointSubnetId: '/subscriptions/…/virtualNetworks/ringdown/subnets/endpoints'
//   dnsZoneIds: {
//     blob: '/subscriptions/…/privateDnsZones/privatelink.blob.core.windows.net'
//     queue: '/subscriptions/…/privateDnsZones/privatelink.queue.core.windows.net'
//     table: '/subscriptions/…/privateDnsZones/privatelink.table.core.windows.net'
//     vault: '/subscriptions/…/privateDnsZones/privatelink.vaultcore.azure.net'
//   }
//   allowedAddresses: ['203.0.113.7']
// }
