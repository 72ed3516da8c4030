import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { startHost } from '../../local/host/host.ts';
import { eventually, queueService } from './fixtures-host/process.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const seenByApp = z.object({
  starts: z.number(),
  ends: z.number(),
  release: z.custom<() => void>((value) => typeof value === 'function'),
});
const seen = () => seenByApp.parse(Reflect.get(globalThis, 'leaseAppSeen'));

it('a host inside another process keeps a message hidden while its function runs', async () => {
  const options = {
    app: fileURLToPath(new URL('./fixtures-host/lease-app.ts', import.meta.url)),
    settings: { LEASE_QUEUE: 'lease-queue', LeaseStorage: azurite.connectionString },
    hostJson: { extensions: { queues: { messageEncoding: 'none', maxPollingInterval: '00:00:00.100' } } },
    logLevel: 'error',
    messageLease: { seconds: 1, renewEveryMs: 200 },
  } as const;
  await queueService(azurite.connectionString).createQueue('lease-queue');
  const host = await startHost(options);
  expect(host.functions).toEqual([{ name: 'patient', trigger: 'queue', queue: 'lease-queue' }]);

  const queue = queueService(azurite.connectionString).getQueueClient('lease-queue');
  await queue.sendMessage('{}');
  await eventually(async () => (seen().starts === 1 ? true : undefined));
  // For three leases, the message must not become visible to the host or to anybody else.
  const until = Date.now() + 3_000;
  while (Date.now() < until) {
    expect((await queue.peekMessages()).peekedMessageItems).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  seen().release();
  await eventually(async () => ((await queue.getProperties()).approximateMessagesCount === 0 ? true : undefined));
  expect(seen()).toMatchObject({ starts: 1, ends: 1 });
  await host.stop();
  await expect(fetch(host.url)).rejects.toThrow();

  // The same app can start again, but another app cannot start in this process.
  const again = await startHost(options);
  await queue.sendMessage('{}');
  await eventually(async () => (seen().ends === 2 ? true : undefined));
  await again.stop();
  const other = fileURLToPath(new URL('./fixtures-host/app.ts', import.meta.url));
  await expect(startHost({ ...options, app: other })).rejects.toThrow('start another process');
});
