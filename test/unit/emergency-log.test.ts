import functions from '@azure/functions';
import { expect, it } from 'vitest';
import createOutage from '../../src/functions/createOutage.ts';
import { MemoryWorld } from './support/memory-services.ts';

/** What the function logs when an outage is declared. */
async function logOf(body: object): Promise<string[]> {
  const lines: string[] = [];
  const context = new functions.InvocationContext({
    logHandler: (level, ...values) => lines.push(`${level} ${values.join(' ')}`),
  });
  const { services } = new MemoryWorld();
  for (let times = 0; times < 2; times++) {
    const request = new functions.HttpRequest({
      method: 'POST',
      url: 'http://127.0.0.1/api/outages',
      body: { string: JSON.stringify({ title: 'Storm', script: { message: 'https://audio.example/a.wav' }, ...body }) },
    });
    await createOutage.handlerFor(services)(request, context);
  }
  return lines;
}

it('an emergency is on record in the log, once', async () => {
  expect(await logOf({ id: 'wildfire', urgency: 'emergency' })).toEqual([
    'warning outage wildfire is declared as an emergency: no daily limit applies',
  ]);
  expect(await logOf({ id: 'storm' })).toEqual([]);
});
