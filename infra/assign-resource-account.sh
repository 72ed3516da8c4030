#!/bin/sh
# Lets an Azure Communication Services resource call from a Teams resource account, or takes that back.
# Microsoft calls this server consent: docs/teams-phone.md, step 5. It needs az, signed in as an owner of the resource.
set -eu

usage='Usage: sh infra/assign-resource-account.sh HOST TENANT ACCOUNT [--delete]

  HOST      the host name of the ACS resource: az communication show --name NAME --resource-group GROUP --query hostName
  TENANT    the id of the tenant of Teams
  ACCOUNT   the object id of the resource account
  --delete  take the assignment back'

case "${1-}" in
  -h | --help)
    printf '%s\n' "$usage"
    exit 0
    ;;
esac

if [ "$#" -lt 3 ] || [ "$#" -gt 4 ] || { [ "$#" -eq 4 ] && [ "$4" != --delete ]; }; then
  printf '%s\n' "$usage" >&2
  exit 2
fi

for id in "$2" "$3"; do
  if ! printf '%s' "$id" | grep -Eiqx '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'; then
    printf '%s is not a GUID.\n' "$id" >&2
    exit 2
  fi
done

url="https://$1/access/teamsExtension/tenants/$2/assignments/$3?api-version=2025-06-30"

if [ "$#" -eq 4 ]; then
  az rest --method delete --resource https://communication.azure.com --url "$url"
else
  az rest --method put --resource https://communication.azure.com --url "$url" \
    --body '{"principalType":"teamsResourceAccount"}'
fi
