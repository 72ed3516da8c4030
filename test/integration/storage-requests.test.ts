import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { freePort } from '../../local/ports.ts';
import { SAMPLES } from '../../local/stack.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { readSettings } from '../../src/lib/config/settings.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { importRecipients } from '../../src/lib/outages/import.ts';
import type { Outage } from '../../src/lib/rules/outages/outage.ts';
import { compose } from '../../src/lib/services/compose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { tendOutages } from '../../src/lib/upkeep/tend-outages.ts';
import { activityOf } from '../../src/lib/views/activity.ts';
import { viewCalls } from '../../src/lib/views/calls-view.ts';
import { viewOutage } from '../../src/lib/views/outage-view.ts';
import { pageOfRecipients, RecipientQuery } from '../../src/lib/views/recipient-view.ts';
import { reportOf } from '../../src/lib/views/report.ts';
import { statedCall, statedRoutes } from '../fixtures/stated-costs.ts';
import { recipientWith } from '../unit/support/memory-services.ts';
import { RequestCounter } from './support/request-counter.ts';
import { routeWork } from './support/route-work.ts';
import { SmallHost } from './support/small-host.ts';

const FEW = 2;
const MANY = 8;

let azurite: RunningAzurite;
let simulator: Simulator;
let services: Services;
let host: SmallHost;

beforeAll(async () => {
  azurite = await startAzurite();
  simulator = await startSimulator({
    audioDir: `${SAMPLES}audio`,
    speed: 20,
    people: { people: {}, mix: { 'answers after 1 s, presses 1 after 2 s, stays': 1 } },
  });
  const port = await freePort();
  const settings = readSettings({
    AzureWebJobsStorage: azurite.connectionString,
    ACS_CONNECTION_STRING: simulator.connectionString,
    ACS_SOURCE_IDENTITY: '8:acs:town_ringdown',
    CALLER_NUMBERS: '+14255550190:1',
    CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
    CALLBACK_SECRET: randomUUID(),
    NUMBER_SECRET: 'another secret of more than thirty-two characters',
  });
  services = compose(settings);
  host = new SmallHost(services, azurite.connectionString, port);
});
afterAll(async () => {
  await host.stop();
  await simulator.close();
  await azurite.stop();
});

/** An outage of four shards with this many people on its list; nobody is called. */
async function outageOf(people: number): Promise<Outage> {
  const { outage } = await declareOutage(services, {
    title: 'Storm',
    launch: true,
    startAt: '2030-01-01T00:00:00.000Z',
    script: { message: `${simulator.url}/simulator/audio/message.wav` },
  });
  const csv = ['phone', ...Array.from({ length: people }, (_, index) => `+1425${5_550_000 + index}`)].join('\n');
  await importRecipients(
    services,
    await services.outages.read(outage.id),
    Readable.from([Buffer.from(csv)]),
    'text/csv',
  );
  return outage;
}

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const counter = new RequestCounter(azurite.connectionString);
  await work();
  counter.stop();
  return Object.values(counter.counts).reduce((sum, count) => sum + count, 0);
}

/** The storage requests of an outage, from its first call to the end of its last, one at a time on one line. */
async function requestsFor(people: number): Promise<Record<string, number>> {
  const audio = (name: string): string => `${simulator.url}/simulator/audio/${name}.wav`;
  const script = { message: audio('message'), thanks: audio('thanks') };
  const { outage } = await declareOutage(services, { title: 'Storm', script, shards: 1, launch: true });
  const numbers = Array.from({ length: people }, (_, index) => `+1425555${people}${100 + index}`);
  const recipients = numbers.map((value) => recipientWith({ identifier: { phoneNumber: { value } } }));
  await services.recipients.add({ outageId: outage.id, shard: 0 }, recipients, services.now);
  simulator.reset();
  const counter = new RequestCounter(azurite.connectionString);
  await tendOutages(services);
  await simulator.waitFor(
    ({ calls }) =>
      calls.length === people &&
      calls.every(({ state, events }) => state === 'Terminated' && events.every(({ status }) => status === 200)),
    30_000,
  );
  counter.stop();
  expect(await viewOutage(services, outage)).toMatchObject({ outcomes: { acknowledged: people } });
  return counter.counts;
}

it('docs/costs.md states what an acknowledged call costs, counted as requests leave the SDKs', {
  timeout: 60_000,
}, async () => {
  const [few, many] = [await requestsFor(FEW), await requestsFor(MANY)];
  const perCall = Object.entries(many).map(
    ([what, count]) => [what, (count - (few[what] ?? 0)) / (MANY - FEW)] as const,
  );
  const measured = perCall.reduce((all, [, count]) => all + count, 0);
  const stated = statedCall();
  expect(stated.steps.reduce((all, count) => all + count, 0)).toBe(stated.sum);
  expect(Math.round(measured), JSON.stringify(Object.fromEntries(perCall))).toBe(stated.sum);
});

it('docs/costs.md states what each route costs', { timeout: 60_000 }, async () => {
  const outage = await outageOf(1);
  const measured: Record<string, number> = {};
  for (const [route, work] of Object.entries(routeWork(services, outage))) measured[route] = await requestsOf(work);
  expect(measured).toEqual(statedRoutes(outage.shards));
});

it('the view of an outage costs as much with a long list as with a short one', { timeout: 60_000 }, async () => {
  for (const outage of [await outageOf(1), await outageOf(1200)]) {
    const { id, shards } = outage;
    expect(await requestsOf(async () => viewOutage(services, (await services.outages.read(id)).outage))).toBe(
      1 + shards,
    );
    expect(await requestsOf(() => activityOf(services, outage))).toBe(shards);
    expect(await requestsOf(() => viewCalls(services, outage, 20))).toBe(2 * shards);
  }
});

it('a page of people costs one request for each shard that it needs, and the report one for each thousand people', {
  timeout: 60_000,
}, async () => {
  const outage = await outageOf(1200);
  const page = (query: object) => () => pageOfRecipients(services, outage, RecipientQuery.parse(query));
  expect(await requestsOf(page({ limit: 100 }))).toBe(1);
  expect(await requestsOf(page({ limit: 1000 }))).toBeLessThanOrEqual(outage.shards);
  expect(await requestsOf(page({ outcome: 'busy' }))).toBe(outage.shards);
  expect(await requestsOf(() => reportOf(services, outage, {}))).toBe(outage.shards);
});

it('folding a shard costs one query, and one transaction for up to 49 changes', {
  timeout: 60_000,
}, async () => {
  const outage = await outageOf(200);
  const fold = () => services.tallies.fold({ outageId: outage.id, shard: 0 });
  // Nobody was called, so there are no minutes to read.
  expect(await requestsOf(fold)).toBe(2);
  expect(await requestsOf(fold)).toBe(1);
});
