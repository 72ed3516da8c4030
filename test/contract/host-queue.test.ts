import { randomUUID } from 'node:crypto';
import type { QueueClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { freePort } from '../../local/ports.ts';
import { eventually, type FixtureHost, queueService, startFixture } from './fixtures-host/process.ts';

let azurite: RunningAzurite;
const hosts: FixtureHost[] = [];
beforeAll(async () => {
  azurite = await startAzurite();
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});
afterAll(() => azurite.stop());

/** Starts a host whose function handles the messages of a new queue. */
async function startWorker(
  settings: Record<string, unknown> = {},
  { queueName = `work-${randomUUID()}`, args = [] as string[] } = {},
): Promise<{ host: FixtureHost; queue: QueueClient; poison: QueueClient }> {
  const service = queueService(azurite.connectionString);
  await service.getQueueClient(queueName).createIfNotExists();
  const host = await startFixture({
    env: { FIXTURE_QUEUE: queueName, FixtureStorage: azurite.connectionString },
    queues: { maxPollingInterval: '00:00:00.200', ...settings },
    args,
  });
  hosts.push(host);
  return { host, queue: service.getQueueClient(queueName), poison: service.getQueueClient(`${queueName}-poison`) };
}

async function emptied(queue: QueueClient): Promise<void> {
  await eventually(async () => ((await queue.getProperties()).approximateMessagesCount === 0 ? true : undefined));
}

/** Waits for messages on a poison queue. @returns their texts. */
async function poisoned(queue: QueueClient): Promise<string[]> {
  return eventually(async () => {
    if (!(await queue.exists())) return undefined;
    const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
    return peekedMessageItems.length > 0 ? peekedMessageItems.map((message) => message.messageText) : undefined;
  });
}

describe('a message', () => {
  it('reaches the handler parsed and with metadata, and is deleted if the handler succeeds', async () => {
    const { host, queue } = await startWorker();
    const sent = await queue.sendMessage('{"leg":"42","say":"a < b & \\"c\\"","list":[1]}');
    const [event] = await host.events.until('message');
    expect(event).toMatchObject({
      function: 'work',
      message: { leg: '42', say: 'a < b & "c"', list: [1] },
      metadata: {
        id: sent.messageId,
        dequeueCount: 1,
        popReceipt: expect.any(String),
        insertionTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
        expirationTime: expect.any(String),
        nextVisibleTime: expect.any(String),
        queueTrigger: { leg: '42' },
      },
    });
    await emptied(queue);
    expect(host.events.named('message')).toHaveLength(1);
  });

  it('replaces metadata that has the name of one of its members, as in Azure', async () => {
    const { host, queue } = await startWorker();
    await queue.sendMessage('{"id":"mine","dequeueCount":"many"}');
    const [event] = await host.events.until('message');
    expect(event).toMatchObject({ metadata: { id: 'mine', dequeueCount: 'many' } });
  });

  it('reaches the handler as text if it is not JSON', async () => {
    const { host, queue } = await startWorker();
    await queue.sendMessage('plain {text');
    expect((await host.events.until('message'))[0]).toMatchObject({ message: 'plain {text' });
  });

  it('is decoded if the encoding is base64, and moves to the poison queue if it is not base64', async () => {
    const { host, queue, poison } = await startWorker({ messageEncoding: 'base64' });
    await queue.sendMessage(Buffer.from('{"a":"ü"}').toString('base64'));
    expect((await host.events.until('message'))[0]).toMatchObject({ message: { a: 'ü' } });
    await queue.sendMessage('{"a":1}');
    expect(await poisoned(poison)).toEqual(['{"a":1}']);
    expect(host.events.named('message')).toHaveLength(1);
  });

  it('can be sent by hand through the admin API', async () => {
    const { host } = await startWorker();
    const init = { method: 'POST', headers: { 'x-functions-key': 'local-admin' }, body: '{"input":{"leg":"7"}}' };
    expect((await fetch(`${host.url}/admin/functions/work`, init)).status).toBe(202);
    expect((await host.events.until('message'))[0]).toMatchObject({ message: { leg: '7' } });
  });
});

describe('a function that takes longer than functionTimeout', () => {
  it('ends the worker: every message that was handled is delivered again, and counted', async () => {
    const queueName = `work-${randomUUID()}`;
    const env = { FIXTURE_QUEUE: queueName, FixtureStorage: azurite.connectionString };
    const queues = { maxPollingInterval: '00:00:00.200' };
    const host = await startFixture({ env, queues, host: { functionTimeout: '00:00:01' } });
    hosts.push(host);
    const queue = queueService(azurite.connectionString).getQueueClient(queueName);
    // The host does not create it, and waits for it.
    expect(await queue.exists()).toBe(false);
    await queue.create();
    await queue.sendMessage('{"takeMs":60000}');
    const [first] = await host.events.until('message');
    expect(first).toMatchObject({ metadata: { dequeueCount: 1 } });
    const [, second] = await host.events.until('message', 2);
    expect(second).toMatchObject({ message: { takeMs: 60000 }, metadata: { dequeueCount: 2 } });
    expect(host.stderrTail()).toMatch(/Timeout value of 1 s exceeded by function work/);
  });
});

it('a message whose worker crashes comes back after visibilityTimeout, and counts as tried', async () => {
  const { host, queue } = await startWorker({ visibilityTimeout: '00:00:01' });
  await queue.sendMessage('{"crash":true}');
  const [first, second] = await host.events.until('message', 2);
  expect(second).toMatchObject({ message: { crash: true }, metadata: { dequeueCount: 2 } });
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(950);
  await emptied(queue);
  expect(host.stderrTail()).toContain('The worker ended (3).');
});

it('the listener stops if storage refuses it, and the host goes on', async () => {
  const FixtureStorage = azurite.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${btoa('another key')}`);
  const host = await startFixture({ env: { FIXTURE_QUEUE: 'refused', FixtureStorage } });
  hosts.push(host);
  await expect.poll(() => host.stderrTail(), { timeout: 10_000 }).toContain('The listener for function work stops.');
  expect((await fetch(`${host.url}/api/json`, { method: 'POST', body: '{}' })).status).toBe(200);
});

describe('a failure', () => {
  it('makes the message visible again after visibilityTimeout', async () => {
    const { host, queue } = await startWorker({ visibilityTimeout: '00:00:01' });
    await queue.sendMessage('{"failUntil":3}');
    const tries = await host.events.until('message', 3);
    expect(tries.map((event) => event['metadata'])).toMatchObject([1, 2, 3].map((dequeueCount) => ({ dequeueCount })));
    const [first, second, third] = tries.map((event) => event.at);
    // Azurite uses this machine's clock, in whole milliseconds. Allow a little for sending the events.
    expect(Number(second) - Number(first)).toBeGreaterThan(950);
    expect(Number(third) - Number(second)).toBeGreaterThan(950);
    await emptied(queue);
  });

  it('of the last try moves the message unchanged to the poison queue', async () => {
    const { host, queue, poison } = await startWorker({ maxDequeueCount: 2 });
    const text = '{ "failUntil": 99 }';
    await queue.sendMessage(text);
    expect(await poisoned(poison)).toEqual([text]);
    await emptied(queue);
    expect(host.events.named('message')).toHaveLength(2);
    expect(host.stderrTail()).toContain('[work] invocation');
    expect(host.stderrTail()).toContain('try 2 fails');
  });

  it('on a poison queue leaves the message hidden, because there is no further poison queue', async () => {
    const { host, queue, poison } = await startWorker(
      { maxDequeueCount: 1 },
      { queueName: `a-${randomUUID()}-poison` },
    );
    await queue.sendMessage('{"failUntil":99}');
    await eventually(async () => (host.stderrTail().includes('try 1 fails') ? true : undefined));
    // A second, successful message proves that the queue was polled again.
    await queue.sendMessage('{}');
    await host.events.until('message-end', 2);
    await eventually(async () => ((await queue.getProperties()).approximateMessagesCount === 1 ? true : undefined));
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
    expect(await poison.exists()).toBe(false);
  });
});

it('a message with more tries than the maximum moves to the poison queue without a run', async () => {
  const queueName = `work-${randomUUID()}`;
  const queue = queueService(azurite.connectionString).getQueueClient(queueName);
  await queue.create();
  await queue.sendMessage('{}');
  // As if a host had died during the only try.
  await queue.receiveMessages({ visibilityTimeout: 1 });
  const { host, poison } = await startWorker({ maxDequeueCount: 1 }, { queueName });
  expect(await poisoned(poison)).toEqual(['{}']);
  await emptied(queue);
  expect(host.events.named('message')).toEqual([]);
});

it.each([
  { batchSize: 2, newBatchThreshold: 0, most: 2 },
  { batchSize: 2, newBatchThreshold: 1, most: 3 },
])(
  'at most $most messages run at once with batchSize $batchSize and newBatchThreshold $newBatchThreshold',
  async ({ most, ...settings }) => {
    const { host, queue } = await startWorker(settings);
    // Each message takes longer than the one before, so that they end one by one.
    for (let number = 1; number <= 6; number++) await queue.sendMessage(`{"takeMs":${number * 100}}`);
    await host.events.until('message-end', 6);
    let running = 0;
    const levels = host.events.all.map(({ event }) => {
      running += event === 'message' ? 1 : event === 'message-end' ? -1 : 0;
      return running;
    });
    expect(Math.max(...levels)).toBe(most);
  },
);

it('the host waits for storage that is unavailable', async () => {
  const queuePort = await freePort();
  const queueName = `work-${randomUUID()}`;
  const account = azurite.connectionString.replace(
    /QueueEndpoint=[^;]*/,
    `QueueEndpoint=http://127.0.0.1:${queuePort}/devstoreaccount1`,
  );
  const host = await startFixture({
    env: { FIXTURE_QUEUE: queueName, FixtureStorage: account },
    queues: { maxPollingInterval: '00:00:00.200' },
  });
  hosts.push(host);
  expect((await fetch(`${host.url}/api/defaultRoute`)).status).toBe(200);
  await expect.poll(() => host.stderrTail(), { timeout: 10_000 }).toContain(`queue ${queueName} cannot be read`);
  const late = await startAzurite({ queuePort });
  try {
    const queue = queueService(late.connectionString).getQueueClient(queueName);
    await queue.create();
    await queue.sendMessage('{"late":true}');
    expect((await host.events.until('message'))[0]).toMatchObject({ message: { late: true } });
    expect(host.stderrTail()).toContain('reachable again');
    expect(host.stderrTail().match(/cannot be read/g)).toHaveLength(1);
  } finally {
    await late.stop();
  }
});
