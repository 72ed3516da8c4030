import { setTimeout as sleep } from 'node:timers/promises';
import { acs2021 } from '../call-automation/acs-2021.ts';
import { isPrivate } from '../call-automation/audio-uri.ts';
import { acsGa } from '../call-automation/ga/acs-ga.ts';
import { CallbackSender } from '../call-automation/ga/callback-sender.ts';
import type { CallAutomation } from '../call-automation/port.ts';
import { credentialOf } from '../config/azure-identity.ts';
import type { Settings } from '../config/settings.ts';
import { type CallingRules, countriesOf } from '../rules/callable-numbers.ts';
import { keyedIds } from '../rules/calls/ids.ts';
import { storageAccess } from '../storage/access.ts';
import { AzureQueues } from '../storage/azure-queues.ts';
import { AzureTables } from '../storage/azure-tables.ts';
import { AzurePoisonQueues } from '../storage/poison-queues.ts';
import { ReliableQueues } from '../storage/reliable-queues.ts';
import { ReliableTables } from '../storage/reliable-tables.ts';
import { onSetAside } from '../storage/set-aside.ts';
import { storesOn } from '../storage/stores.ts';
import { measure } from '../telemetry/metrics.ts';
import { tracedCalls } from '../telemetry/traced-calls.ts';
import { TracedQueues } from '../telemetry/traced-queues.ts';
import { BATCHES } from './batches.ts';
import { CallbackUris } from './callback-uris.ts';
import type { Services } from './services.ts';

/** Longer than a request for a call can take: the client gives up after fifteen seconds and does not retry. Ms. */
const REQUEST_MS = 20_000;

/** Composition root: creates the app's services from its settings. Sends no requests. */
export function compose(settings: Settings, wake: Services['wake'] = () => undefined): Services {
  const storage = storageAccess(settings);
  const now = (): Date => new Date();
  onSetAside(({ table, partition, rowKey, reason }) => {
    measure.rowSetAside(table);
    console.error(`A stored row was set aside: ${table} ${partition} ${rowKey}: ${reason}`);
  });
  const ids = keyedIds(settings.NUMBER_SECRET);
  return {
    ...storesOn(new ReliableTables(new AzureTables(storage)), now, ids),
    ids,
    poison: new AzurePoisonQueues(storage),
    queues: new TracedQueues(new ReliableQueues(new AzureQueues(storage))),
    calls: tracedCalls(callAutomation(settings)),
    callbacks: new CallbackUris(
      settings.CALLBACK_BASE_URL,
      { current: settings.CALLBACK_SECRET, previous: settings.CALLBACK_SECRET_PREVIOUS },
      now,
    ),
    sender: senderOf(settings, now),
    settings: {
      callers: settings.CALLER_NUMBERS.map(({ number, lines }) => ({ number, lines })),
      numbers: callingRules(settings),
      numberLimits: { delayMs: settings.NUMBER_DELAY_SECONDS * 1000, callsADay: settings.NUMBER_CALLS_A_DAY },
      spendLimits: { calls: settings.DAILY_CALLS, minutes: settings.DAILY_MINUTES },
      prices: settings.CALL_PRICES,
      breakerAfter: settings.BREAKER_AFTER,
      callsPerSecond: settings.CALLS_PER_SECOND,
      retentionDays: settings.RETENTION_DAYS,
      hasPrivateAudio: isPrivate(settings.CALLBACK_BASE_URL),
      limits: {
        leaseMs: settings.CALL_LEASE_SECONDS * 1000,
        maxCallMs: settings.MAX_CALL_SECONDS * 1000,
        requestMs: REQUEST_MS,
      },
      batches: BATCHES,
    },
    now,
    sleep: (ms) => sleep(ms),
    wake,
  };
}

function callingRules({ CALL_COUNTRIES, CALL_NUMBER_TYPES, CALLER_NUMBERS }: Settings): CallingRules {
  const own = CALLER_NUMBERS.map(({ number }) => number);
  const countries = CALL_COUNTRIES === '*' ? '*' : new Set(CALL_COUNTRIES ?? countriesOf(own));
  return { countries, kinds: new Set(CALL_NUMBER_TYPES), own: new Set(own) };
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
    callers: settings.CALLER_NUMBERS,
  });
}

function senderOf(settings: Settings, now: () => Date): CallbackSender | undefined {
  if (settings.CALL_AUTOMATION_API !== 'ga' || settings.ACS_RESOURCE_ID === undefined) return undefined;
  return new CallbackSender(settings.ACS_ISSUER, settings.ACS_RESOURCE_ID, now);
}
