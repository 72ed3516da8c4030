import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { startHost } from '../../local/host/host.ts';
import { eventually, queueService } from './fixtures-host/process.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

it('keeps a message hidden while its function runs', async () => {
  const queue = queueService(azurite.connectionString).getQueueClient('lease-queue');
  await queue.create();
  const host = await startHost({
    app: fileURLToPath(new URL('./fixtures-host/lease-app.ts', import.meta.url)),
    settings: { LEASE_QUEUE: 'lease-queue', LeaseStorage: azurite.connectionString },
    hostJson: { extensions: { queues: { messageEncoding: 'none', maxPollingInterval: '00:00:00.100' } } },
    logLevel: 'error',
    messageLease: { seconds: 1, renewEveryMs: 200 },
  });
  try {
    expect(host.functions).toContainEqual({ name: 'patient', trigger: 'queue', queue: 'lease-queue' });
    const seen = async (): Promise<unknown> => (await fetch(`${host.url}/api/seen`)).json();
    await queue.sendMessage('{}');
    await expect.poll(seen).toEqual({ starts: 1, ends: 0 });
    // For three leases, the message must not become visible to the host or to anybody else.
    const until = Date.now() + 3_000;
    while (Date.now() < until) {
      expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await fetch(`${host.url}/api/release`);
    await eventually(async () => ((await queue.getProperties()).approximateMessagesCount === 0 ? true : undefined));
    expect(await seen()).toEqual({ starts: 1, ends: 1 });
  } finally {
    await host.stop();
  }
  await expect(fetch(host.url)).rejects.toThrow();
});
