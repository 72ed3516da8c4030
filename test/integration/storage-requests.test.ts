import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { freePort } from '../../local/ports.ts';
import { SAMPLES } from '../../local/stack.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { viewOutage } from '../../src/lib/outages/outage-view.ts';
import { newRecipient } from '../../src/lib/outages/recipient.ts';
import { tendOutages } from '../../src/lib/outages/tend.ts';
import type { Services } from '../../src/lib/services.ts';
import { RequestCounter } from './support/request-counter.ts';
import { SmallHost } from './support/small-host.ts';

/** Requests to storage that one acknowledged call may cost, at the SDKs: docs/architecture.md says where each goes. */
const AT_MOST = 36;
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
  Object.assign(process.env, {
    AzureWebJobsStorage: azurite.connectionString,
    ACS_CONNECTION_STRING: simulator.connectionString,
    ACS_SOURCE_IDENTITY: '8:acs:town_ringdown',
    CALLER_NUMBERS: '+14255550190:1',
    CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
    CALLBACK_SECRET: randomUUID(),
  });
  ({ services } = await import('../../src/lib/app.ts'));
  host = new SmallHost(services, azurite.connectionString, port);
});
afterAll(async () => {
  await host.stop();
  await simulator.close();
  await azurite.stop();
});

/** What an outage asks of storage, from the first call to the end of the last, one call after the other on one line. */
async function requestsFor(people: number): Promise<Record<string, number>> {
  const audio = (name: string): string => `${simulator.url}/simulator/audio/${name}.wav`;
  const script = { message: audio('message'), thanks: audio('thanks') };
  const { outage } = await declareOutage(services, { title: 'Storm', script, shards: 1 });
  const numbers = Array.from({ length: people }, (_, index) => `+1425555${people}${100 + index}`);
  const recipients = numbers.map((value) => newRecipient({ identifier: { phoneNumber: { value } } }));
  await services.recipients.add(outage.id, 0, recipients, services.now);
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

it('one acknowledged call costs few requests to storage, counted as they leave the SDKs', {
  timeout: 60_000,
}, async () => {
  const [few, many] = [await requestsFor(FEW), await requestsFor(MANY)];
  const perCall = Object.entries(many).map(
    ([what, count]) => [what, (count - (few[what] ?? 0)) / (MANY - FEW)] as const,
  );
  const sum = perCall.reduce((all, [, count]) => all + count, 0);
  expect(sum, JSON.stringify(Object.fromEntries(perCall))).toBeLessThanOrEqual(AT_MOST);
  // Fewer cannot be: then something was not counted.
  expect(sum).toBeGreaterThan(AT_MOST - 6);
});
