// Asks the app for its health every five minutes. By such a request the app also finds out that its timer has stopped
// (docs/adr/0030-a-second-waker.md).

import { resourceTags } from 'types.bicep'

param name string
param location string
param tags resourceTags
param appUrl string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: '${name}-insights'
}

resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: '${name}-health'
  location: location
  // By this tag Application Insights finds the test.
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: '${name}-health'
    Name: 'Ringdown: health'
    Description: 'The settings are valid, storage answers and the timer runs.'
    Enabled: true
    Frequency: 300
    Timeout: 30
    Kind: 'standard'
    RetryEnabled: true
    Locations: [{ Id: 'us-va-ash-azr' }]
    Request: {
      RequestUrl: '${appUrl}/api/health'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: { ExpectedHttpStatusCode: 200 }
  }
}
