/** An app for a host inside the test's own process; it records messages on `globalThis`, because module instances may differ. */
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
