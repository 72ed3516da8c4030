/** An app for a host in the test's own process. It records messages on `globalThis`: the module may be loaded twice. */
import { app } from '@azure/functions';

const seen = { starts: 0, ends: 0, release: (): void => undefined };
const released = new Promise<void>((resolve) => {
  seen.release = resolve;
});
Object.defineProperty(globalThis, 'leaseAppSeen', { value: seen });

app.storageQueue('patient', {
  queueName: '%LEASE_QUEUE%',
  connection: 'LeaseStorage',
  handler: async () => {
    seen.starts += 1;
    await released;
    seen.ends += 1;
  },
});
