// Application Insights on Log Analytics, and the alerts that need a person at any hour. What to do about each:
// docs/operations.md.

import { resourceTags } from 'types.bicep'

type queryAlert = {
  name: string
  description: string
  severity: int
  window: string
  query: string
  @description('The alert fires above this number of rows.')
  threshold: int?
}

param name string
param location string
param tags resourceTags
param alertEmail string
param standstill string
param callsAnHour int
param principalId string

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

// Despite its name, the role lets the app send all telemetry (Microsoft Entra authentication for Application Insights).
resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [
      {
        name: 'email'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

// Each query runs every five minutes over its window, and the alert fires if it returns more rows than its threshold, none by
// default. host.json turns sampling off for requests and traces, so the counts are exact.
var alerts queryAlert[] = [
  {
    name: 'poison-messages'
    description: 'A message failed five times and was moved to its poison queue. List these messages with: npm run poison.'
    severity: 2
    window: 'PT5M'
    query: '''
traces
| where message has 'Moving message to queue' and message has '-poison'
| project timestamp, message
'''
  }
  {
    name: 'failed-callbacks'
    description: 'The app rejects callbacks of ACS or fails on them. If it rejects all: ACS_RESOURCE_ID or the callback secret is wrong.'
    severity: 1
    window: 'PT5M'
    query: '''
requests
| where name == 'callEvents'
| summarize ours = countif(toint(resultCode) >= 500), refused = countif(toint(resultCode) in (400, 401))
| where ours > 0 or refused > 20
'''
  }
  {
    name: 'timer-stopped'
    description: 'The timer did not run: the app cannot start, or is stopped.'
    severity: 1
    window: 'PT15M'
    query: '''
requests
| summarize runs = countif(name == 'notifyOutages' and success == true)
| where runs == 0
'''
  }
  {
    name: 'number-rests'
    description: 'Calls from a caller number keep failing for a reason that concerns us, so the app calls from it only to probe it.'
    severity: 1
    window: 'PT5M'
    query: '''
traces
| where message has 'caller number' and message has 'rests since'
| project timestamp, message
'''
  }
  {
    name: 'call-not-ended'
    description: 'The service refuses to end a call that has lasted longer than MAX_CALL_SECONDS. Its line is used again.'
    severity: 1
    window: 'PT15M'
    query: '''
traces
| where message has 'UnendedCallError'
| project timestamp, message
'''
  }
  {
    name: 'rows-set-aside'
    description: 'A stored row cannot be read by this version: what it stands for waits. The log names its table and key.'
    severity: 1
    window: 'PT15M'
    query: '''
traces
| where message startswith 'A stored row was set aside'
| summarize met = count() by message
| where met > 0
'''
  }
  {
    name: 'many-calls'
    description: 'More calls in an hour than you ever planned for: a mistake, or somebody misuses the app.'
    severity: 1
    window: 'PT1H'
    threshold: callsAnHour
    query: '''
requests
| where name == 'startCall' and success == true
'''
  }
  {
    name: 'spend-limit'
    description: 'As many calls or minutes as DAILY_CALLS or DAILY_MINUTES allow: until midnight UTC only emergencies are called for.'
    severity: 1
    window: 'PT15M'
    query: '''
traces
| where message has 'the spend limit of the day is reached'
| project timestamp, message
'''
  }
  {
    name: 'outage-stands-still'
    description: 'An outage is running but starts no calls: no free line, quiet hours, or ACS refuses them.'
    severity: 2
    window: standstill
    query: '''
traces
| where operation_Name == 'notifyOutages'
| parse message with 'outage ' outage ' is running: ' started:int ' calls started' *
| where isnotnull(started)
| summarize runs = count(), started = sum(started) by outage
| where runs > 60 and started == 0
| where toscalar(requests | where name in ('callEvents', 'startCall') | count) == 0
'''
  }
]

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in alerts: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Ringdown: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [insights.id]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.?threshold ?? 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // A new workspace has no tables yet, so the query would not validate.
      skipQueryValidation: true
      actions: {
        actionGroups: empty(alertEmail) ? [] : [people.id]
      }
    }
  }
]

output workspaceId string = workspace.id
output actionGroupId string = empty(alertEmail) ? '' : people.id
output connectionString string = insights.properties.ConnectionString
