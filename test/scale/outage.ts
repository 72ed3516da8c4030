import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Stack } from '../../local/stack.ts';

export const OUTAGE = 'storm';
/** When the outage starts: calls begin only when the timer's work is measured at this time. */
export const STARTS = '2099-01-01T00:00:00.000Z';

/** Sends a request to the app. @throws Error if the status is not 2xx. */
export async function ask(stack: Stack, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${stack.url}/api/${path}`, {
    ...init,
    headers: { 'x-functions-key': stack.functionKey, ...init.headers },
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return response;
}

export async function declare(stack: Stack): Promise<void> {
  const script = { message: 'https://audio.example/message.wav' };
  await ask(stack, 'outages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: OUTAGE, title: 'Storm', launch: true, script, startAt: STARTS }),
  });
}

/**
 * Streams a list to the app. Not with `fetch`, which waits at most five minutes for an answer.
 * @returns the app's answer.
 */
export async function upload(stack: Stack, list: AsyncGenerator<Uint8Array>): Promise<unknown> {
  const asked = request(`${stack.url}/api/outages/${OUTAGE}/recipients`, {
    method: 'PUT',
    headers: { 'x-functions-key': stack.functionKey, 'content-type': 'text/csv' },
  });
  const [[response]] = await Promise.all([once(asked, 'response'), pipeline(list, asked)]);
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`The list was answered ${response.statusCode}: ${answer}`);
  return JSON.parse(answer);
}
