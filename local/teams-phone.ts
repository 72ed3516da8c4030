import { z } from 'zod';
import { ConfigurationError } from '../src/lib/base/errors.ts';
import type { Access } from '../src/lib/call-automation/ga/client.ts';
import { credentialOf } from '../src/lib/config/azure-identity.ts';
import { readSettings } from '../src/lib/config/settings.ts';
import { readFlags, runCommand, UsageError } from './cli.ts';
import { settingsOfFile } from './settings-file.ts';
import { type Assignment, assignmentOf } from './teams-phone/assignments.ts';
import { NO_ACCOUNT, told } from './teams-phone/told.ts';

const USAGE = `Usage: npm run -s teams-phone -- check --tenant ID --settings FILE
       npm run -s teams-phone -- check --tenant ID --endpoint URL --account ID

Asks Azure Communication Services whether it may call from your Teams resource accounts, and says what is missing.
Changes nothing and calls nobody.
Exit codes: 0 every account may call, 1 something is missing, 2 invalid flags.`;

const FLAGS = {
  tenant: { type: 'string', value: 'ID', help: 'the id of the tenant of Teams' },
  settings: { type: 'string', value: 'FILE', help: 'the app’s settings, for example local.settings.json' },
  endpoint: { type: 'string', value: 'URL', help: 'https://… of the ACS resource, with the identity of `az login`' },
  account: { type: 'string', value: 'ID', help: 'the object id of one account (default: all of CALLER_NUMBERS)' },
  json: { type: 'boolean', help: 'print one JSON value' },
} as const;

type Asked = { readonly access: Access; readonly endpoint: string; readonly accounts: readonly string[] };

await runCommand(async () => {
  const [command] = process.argv.splice(2, process.argv[2]?.startsWith('-') ? 0 : 1);
  const flags = readFlags(USAGE, FLAGS);
  if (command !== 'check') throw new UsageError('The first argument must be check.');
  const tenant = idIn('--tenant', flags.tenant ?? '');
  const { access, endpoint, accounts } = asked(flags);
  const found: Assignment[] = [];
  for (const account of accounts) found.push(await assignmentOf(access, tenant, account));
  const isReady = found.length > 0 && found.every(({ standing }) => standing === 'assigned');
  const text = found.map((each) => told(each, new URL(endpoint).host, tenant)).join('\n') || NO_ACCOUNT;
  process.stdout.write(`${flags.json ? JSON.stringify({ isReady, accounts: found }) : text}\n`);
  return isReady ? 0 : 1;
});

function asked(flags: { settings?: string; endpoint?: string; account?: string }): Asked {
  const account = flags.account === undefined ? undefined : [idIn('--account', flags.account)];
  if (flags.settings !== undefined && flags.endpoint === undefined) {
    const { access, endpoint, listed } = ofSettings(flags.settings);
    return { access, endpoint, accounts: account ?? listed };
  }
  if (flags.endpoint === undefined || flags.settings !== undefined || account === undefined) {
    throw new UsageError('Give either --settings, or --endpoint and --account.');
  }
  const endpoint = z.url({ protocol: /^https$/ }).safeParse(flags.endpoint);
  if (!endpoint.success) throw new UsageError('--endpoint must be an https URL.');
  return {
    access: { endpoint: endpoint.data, credential: credentialOf({}) },
    endpoint: endpoint.data,
    accounts: account,
  };
}

function ofSettings(file: string): { access: Access; endpoint: string; listed: readonly string[] } {
  const settings = checkedSettings(file);
  if (settings.CALL_AUTOMATION_API !== 'ga') {
    throw new UsageError(`${file}: Teams resource accounts need CALL_AUTOMATION_API=ga.`);
  }
  const { ACS_CONNECTION_STRING: connectionString, ACS_ENDPOINT = '', AZURE_CLIENT_ID: clientId } = settings;
  const listed = settings.CALLER_NUMBERS.flatMap(({ account }) => account ?? []);
  if (connectionString === undefined) {
    return {
      access: { endpoint: ACS_ENDPOINT, credential: credentialOf({ clientId }) },
      endpoint: ACS_ENDPOINT,
      listed,
    };
  }
  const [, endpoint = ''] = /endpoint=([^;]+)/i.exec(connectionString) ?? [];
  return { access: { connectionString }, endpoint, listed };
}

/** @throws UsageError naming each wrong setting. */
function checkedSettings(file: string): ReturnType<typeof readSettings> {
  try {
    return readSettings(settingsOfFile(file));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new UsageError([`${file}:`, ...error.problems].join('\n  '), { cause: error });
  }
}

function idIn(flag: string, text: string): string {
  const id = z.guid().toLowerCase().safeParse(text);
  if (id.success) return id.data;
  throw new UsageError(`${flag} must be a GUID${text === '' ? '; it is missing' : ''}.`);
}
