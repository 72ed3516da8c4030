// What tells a person that the app is misused or costs too much. The alert on the number of calls is in monitoring.bicep.

import { monthlyBudget, resourceTags } from 'types.bicep'

param name string
param tags resourceTags
param appId string
param actionGroupId string
param alertEmail string
param budget monthlyBudget?

// The Functions host refuses a wrong key before the app sees the request, so the app's own telemetry does not count it.
resource keysRefused 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-requests-refused'
  location: 'global'
  tags: tags
  properties: {
    description: 'Many requests are refused with 401: somebody tries keys, or a client has an old one.'
    severity: 2
    enabled: true
    scopes: [appId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'refused'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http401'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 50
          // Not tried on Flex Consumption: if it has no such metric, the deployment must not fail.
          skipMetricValidation: true
        }
      ]
    }
    autoMitigate: true
    actions: empty(alertEmail) ? [] : [{ actionGroupId: actionGroupId }]
  }
}

// A budget stops nothing; it sends mail.
resource group 'Microsoft.Consumption/budgets@2024-08-01' = if (budget != null && !empty(alertEmail)) {
  name: '${name}-budget'
  properties: {
    category: 'Cost'
    amount: budget!.amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: '${budget!.start}T00:00:00Z' }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [alertEmail]
      }
      expected: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [alertEmail]
      }
    }
  }
}
