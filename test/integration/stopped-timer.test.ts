import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../src/lib/config/settings.ts';
import { compose } from '../../src/lib/services/compose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Health } from '../../src/lib/views/health.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** A timer that stops for good, as it has on Flex Consumption after deployments. */

let town: Town;
let services: Services;
beforeAll(async () => {
  town = await Town.found({ settings: { 'AzureWebJobs.notifyOutages.Disabled': 'true' } });
  services = compose(readSettings(town.stack.settings));
  await services.ticks.begin(new Date());
});
afterAll(() => town.close());

const THINGS_THAT_COME = new Map<string, () => Promise<unknown>>([
  ['a request', () => fetch(`${town.stack.url}/api/health`)],
  ['a callback', () => fetch(`${town.stack.url}/api/call-events/unknown`, { method: 'POST', body: '[]' })],
  ['a queue message', () => town.enqueue('hang-up', { callLegId: 'unknown' })],
]);

test.each([...THINGS_THAT_COME])('%s has the people called for whom the timer no longer ticks', async (_, comes) => {
  const callee = town.callee().answers().stays();
  const outage = await town.declare([]);
  await stop();
  await importNumbers(services, outage.id, [callee.identity]);
  await services.ticks.begin(secondsAgo(61));
  await town.stack.restart();
  expect(town.callsTo(callee)).toEqual([]);
  await comes();
  await eventually(() => expect(town.callsTo(callee)).toHaveLength(1));
});

test('the health says how old the last tick is', async () => {
  await services.ticks.begin(secondsAgo(50));
  const { lastTickSecondsAgo } = Health.parse(await (await fetch(`${town.stack.url}/api/health`)).json());
  expect(lastTickSecondsAgo).toBeGreaterThanOrEqual(50);
});

/** Stops the app, but not in the middle of a woken tick: the next one would wait for the end of its lease. */
async function stop(): Promise<void> {
  await eventually(async () => {
    const { lease } = await services.ticks.last();
    expect(lease === undefined || lease.until <= new Date()).toBe(true);
  });
  await town.stack.app().stop();
}

const secondsAgo = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
