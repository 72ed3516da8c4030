using './main.bicep'

// The values of a deployment with azd, from its environment: azd env set NAME VALUE. With the Azure CLI, copy sample.bicepparam instead.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', '')
// Has no default, because it can never be changed: azd env set ACS_DATA_LOCATION Europe
param dataLocation = readEnvironmentVariable('ACS_DATA_LOCATION')
param callerNumbers = readEnvironmentVariable('CALLER_NUMBERS', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param withSpeech = bool(readEnvironmentVariable('WITH_SPEECH', 'false'))
param previousCallbackSecretUri = readEnvironmentVariable('PREVIOUS_CALLBACK_SECRET_URI', '')
param withDeleteLock = bool(readEnvironmentVariable('WITH_DELETE_LOCK', 'true'))
// A budget and a private network are objects, in JSON: docs/deploy.md has an example of each.
param budget = json(readEnvironmentVariable('MONTHLY_BUDGET', 'null'))
param network = json(readEnvironmentVariable('PRIVATE_NETWORK', 'null'))
