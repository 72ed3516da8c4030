import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettings } from '../../src/lib/config/settings.ts';
import { declareOutage } from '../../src/lib/outages/declare.ts';
import { compose } from '../../src/lib/services/compose.ts';
import type { Services } from '../../src/lib/services/services.ts';
import { Health } from '../../src/lib/views/health.ts';
import { importNumbers } from '../fixtures/import-numbers.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** What happens without the timer: its function is off, as if it had stopped for good. */

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

test.each([...THINGS_THAT_COME])(
  'once the timer has stopped, %s has the people called who are due',
  async (_, comes) => {
    const callee = town.callee().answers().stays();
    await stop();
    // Over HTTP it would wake a tick.
    const script = { message: town.audio('message'), thanks: town.audio('thanks') };
    const callers = [{ number: town.callerNumber(), lines: 1 }];
    const { outage } = await declareOutage(services, { title: 'Power cut', launch: true, script, callers });
    await importNumbers(services, outage.id, [callee.identity]);
    await services.ticks.begin(secondsAgo(61));
    await town.stack.restart();
    expect(town.callsTo(callee)).toEqual([]);
    await comes();
    await eventually(() => expect(town.callsTo(callee)).toHaveLength(1));
  },
);

test('people are called between two ticks, as soon as they are on the list', async () => {
  await services.ticks.begin(new Date());
  const callee = town.callee().answers().stays();
  await town.declare([callee]);
  await eventually(() => expect(town.callsTo(callee)).toHaveLength(1));
});

test('people of a scheduled outage are called when it may start', async () => {
  await services.ticks.begin(new Date());
  const callee = town.callee().answers().stays();
  const startAt = new Date(Date.now() + 3_000).toISOString();
  await town.declare([callee], { startAt });
  await eventually(() => expect(town.callsTo(callee)).toHaveLength(1));
  expect(Date.parse(town.callsTo(callee)[0]?.states[0]?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(startAt));
});

test('somebody who was busy is called again when the retry is due, on the line that has nobody else to call', async () => {
  await services.ticks.begin(new Date());
  const callee = town.callee().isBusy();
  await town.declare([callee], { retry: { maxAttempts: 2, delaySeconds: { busy: 4 } } });
  await eventually(() => expect(town.callsTo(callee)).toHaveLength(2));
  const [first, second] = town.callsTo(callee).map(({ states }) => states.map(({ at }) => Date.parse(at)));
  const waitedMs = (second?.at(0) ?? 0) - (first?.at(-1) ?? 0);
  expect(waitedMs).toBeGreaterThanOrEqual(3_900);
  // Without a tick that is woken for them, a minute passes: the timer is off.
  expect(waitedMs).toBeLessThan(15_000);
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
