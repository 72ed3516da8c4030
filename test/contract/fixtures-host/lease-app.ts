/** An app whose queue function runs until a request releases it. */
import { app } from '@azure/functions';

const seen = { starts: 0, ends: 0 };
const { promise: released, resolve: release } = Promise.withResolvers<void>();

app.storageQueue('patient', {
  queueName: '%LEASE_QUEUE%',
  connection: 'LeaseStorage',
  handler: async () => {
    seen.starts += 1;
    await released;
    seen.ends += 1;
  },
});
app.http('seen', { handler: () => ({ jsonBody: seen }) });
app.http('release', {
  handler: () => {
    release();
    return {};
  },
});
