using './main.bicep'

// Values come from environment variables, which azd sets (azd env set NAME VALUE). You can also write them here.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', '')
param callerNumbers = readEnvironmentVariable('CALLER_NUMBERS', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param withSpeech = bool(readEnvironmentVariable('WITH_SPEECH', 'false'))
param dataLocation = readEnvironmentVariable('ACS_DATA_LOCATION', 'United States')
param previousCallbackSecretUri = readEnvironmentVariable('PREVIOUS_CALLBACK_SECRET_URI', '')
