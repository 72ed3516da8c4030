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

it('runs inside another process, and keeps a message hidden for as long as its function runs', async () => {
  const options = {
    app: fileURLToPath(new URL('./fixtures-host/lease-app.ts', import.meta.url)),
    settings: { LEASE_QUEUE: 'lease-queue', LeaseStorage: azurite.connectionString },
    hostJson: { extensions: { queues: { messageEncoding: 'none', maxPollingInterval: '00:00:00.100' } } },
    logLevel: 'error',
    messageLease: { seconds: 1, renewEveryMs: 200 },
  } as const;
  const host = await startHost(options);
  expect(host.functions).toEqual([{ name: 'patient', trigger: 'queue', queue: 'lease-queue' }]);

  const queue = queueService(azurite.connectionString).getQueueClient('lease-queue');
  await queue.sendMessage('{}');
  await eventually(async () => (seen().starts === 1 ? true : undefined));
  // Three leases long the message must not be seen again, by the host or by anybody.
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

  // The same app may be started again; another one cannot share the process with it.
  const again = await startHost(options);
  await queue.sendMessage('{}');
  await eventually(async () => (seen().ends === 2 ? true : undefined));
  await again.stop();
  const other = fileURLToPath(new URL('./fixtures-host/app.ts', import.meta.url));
  await expect(startHost({ ...options, app: other })).rejects.toThrow('start another process');
});
