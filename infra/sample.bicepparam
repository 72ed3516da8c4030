using './main.bicep'

// The values of a deployment with the Azure CLI. Copy this file, fill it in and keep the copy in version control: each deployment
// sets everything, so a value that is missing from it is reset. It contains no secret. main.bicep describes all parameters.

// Where ACS stores its data. It can never be changed: choose the geography of your region.
param dataLocation = 'Europe'

// Your numbers and the calls that each may have at once: '+14255550190:2'. Until one is set, the app answers 503.
param callerNumbers = ''

// Who gets the alerts. Set it together with the numbers: an app without a number sets off the alert timer-stopped.
param alertEmail = ''

// Whether scripts may contain texts.
param withSpeech = false

// Only while the callback secret is being rotated: docs/operations.md.
param previousCallbackSecretUri = ''
