import { acs2021 } from '../call-automation/acs-2021.ts';
import { acsGa } from '../call-automation/ga/acs-ga.ts';
import { CallbackSender } from '../call-automation/ga/callback-sender.ts';
import type { CallAutomation } from '../call-automation/port.ts';
import { credentialOf } from '../config/azure-identity.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { storageAccess } from '../storage/access.ts';
import { AzureQueues } from '../storage/azure-queues.ts';
import { AzureTables } from '../storage/azure-tables.ts';
import { CallLegs } from '../storage/call-legs.ts';
import { CallRequests } from '../storage/call-requests.ts';
import { EndedCalls } from '../storage/ended-calls.ts';
import { Failures } from '../storage/failures.ts';
import { Lines } from '../storage/lines.ts';
import { OptOuts } from '../storage/opt-outs.ts';
import { Outages } from '../storage/outages.ts';
import { Recipients } from '../storage/recipients.ts';
import { ReliableQueues } from '../storage/reliable-queues.ts';
import { ReliableTables } from '../storage/reliable-tables.ts';
import { Tallies } from '../storage/tallies.ts';
import { tracedCalls } from '../telemetry/traced-calls.ts';
import { TracedQueues } from '../telemetry/traced-queues.ts';
import { CallbackUris } from './callback-uris.ts';
import type { Services } from './services.ts';

/** The composition root: what the app is made of, from its settings. Nothing is asked of the network here. */
export function compose(settings: Settings): Services {
  const storage = storageAccess(settings);
  const tables = new ReliableTables(new AzureTables(storage));
  const now = (): Date => new Date();
  return {
    outages: new Outages(tables, now),
    recipients: new Recipients(tables),
    tallies: new Tallies(tables),
    endedCalls: new EndedCalls(tables),
    lines: new Lines(tables),
    legs: new CallLegs(tables),
    requests: new CallRequests(tables),
    optOuts: new OptOuts(tables),
    failures: new Failures(tables),
    queues: new TracedQueues(new ReliableQueues(new AzureQueues(storage))),
    calls: tracedCalls(callAutomation(settings)),
    callbacks: new CallbackUris(
      settings.CALLBACK_BASE_URL,
      { current: settings.CALLBACK_SECRET, previous: settings.CALLBACK_SECRET_PREVIOUS },
      now,
    ),
    sender: senderOf(settings, now),
    settings: {
      callers: settings.CALLER_NUMBERS,
      limits: { leaseMs: settings.CALL_LEASE_SECONDS * 1000, maxCallMs: settings.MAX_CALL_SECONDS * 1000 },
    },
    now,
  };
}

function callAutomation(settings: Settings): CallAutomation {
  if (settings.CALL_AUTOMATION_API !== 'ga') {
    return acs2021(settings.ACS_CONNECTION_STRING, settings.ACS_SOURCE_IDENTITY);
  }
  const { ACS_CONNECTION_STRING: connectionString, ACS_ENDPOINT: endpoint = '', AZURE_CLIENT_ID: clientId } = settings;
  const access =
    connectionString === undefined ? { endpoint, credential: credentialOf({ clientId }) } : { connectionString };
  return acsGa(access, {
    sourceIdentity: settings.ACS_SOURCE_IDENTITY,
    cognitiveServicesEndpoint: settings.COGNITIVE_SERVICES_ENDPOINT,
  });
}

function senderOf(settings: Settings, now: () => Date): CallbackSender | undefined {
  if (settings.CALL_AUTOMATION_API !== 'ga' || settings.ACS_RESOURCE_ID === undefined) return undefined;
  return new CallbackSender(settings.ACS_ISSUER, settings.ACS_RESOURCE_ID, now);
}

/** The running app's settings and services. Made when the functions are loaded, so that wrong settings stop the start. */
export const settings: Settings = readSettings(process.env);
export const services: Services = compose(settings);
