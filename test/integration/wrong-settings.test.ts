import { afterAll, beforeAll, expect, it } from 'vitest';
import { FUNCTIONS } from '../../src/functions.ts';
import { eventually } from './support/eventually.ts';
import { Town } from './support/town.ts';

/** The whole app with a setting that is wrong: it runs, says so everywhere, and loses nothing. */

let town: Town;
let firstLines: string;
beforeAll(async () => {
  town = await Town.found({ settings: { CALLBACK_SECRET: 'shorty' } });
  firstLines = town.stack.app().stderrTail();
});
afterAll(() => town.close());

const get = (path: string) =>
  fetch(`${town.stack.url}/api/${path}`, { headers: { 'x-functions-key': town.stack.functionKey } });

it('all functions are there', () => {
  expect(town.stack.functions.map(({ name }) => name).sort()).toEqual(Object.keys(FUNCTIONS).sort());
});

it('the health check names the setting, without its value', async () => {
  const answer = await get('health');
  expect(answer.status).toBe(503);
  const health: unknown = await answer.json();
  expect(health).toMatchObject({
    status: 'failing',
    checks: { configuration: expect.stringMatching(/^CALLBACK_SECRET: must have/) },
  });
  expect(JSON.stringify(health)).not.toContain('shorty');
});

it.each(['outages', 'dashboard', 'openapi.json', 'outages/storm/report.csv'])(
  '%s answers 503 and says why',
  async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ errors: [expect.stringMatching(/^CALLBACK_SECRET: must have/)] });
  },
);

it('a message fails, and stays on its queue until it goes to the poison queue', async () => {
  await town.enqueue('hang-up', { callLegId: 'leg' });
  await eventually(async () => {
    expect((await town.queue('hang-up-poison').peekMessages()).peekedMessageItems).toHaveLength(1);
  }, 30_000);
}, 40_000);

it('the log has an error for it', () => {
  expect(firstLines).toMatch(/^Ringdown error: .*CALLBACK_SECRET: must have at least/m);
});
