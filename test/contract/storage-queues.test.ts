import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningAzurite, startAzurite } from '../../local/azurite.ts';
import { StorageError } from '../../src/lib/base/errors.ts';
import { AzureQueues } from '../../src/lib/storage/azure-queues.ts';
import { QUEUES } from '../../src/lib/storage/queue-store.ts';

const MESSAGE = { callLegId: 'leg-1', operationContext: 'hang-up-2', name: 'O’Hara <b> & "Ann" ✓' };
/** The expiry time of a message that never expires (Azure docs: Put Message). */
const NEVER = '9999-12-31T23:59:59.000Z';

let azurite: RunningAzurite;
let queues: AzureQueues;
beforeAll(async () => {
  azurite = await startAzurite();
  queues = new AzureQueues(azurite);
});
afterAll(() => azurite.stop());

const clientOf = (queue: string): QueueClient => new QueueClient(azurite.connectionString, queue);

describe('a message put on a queue', () => {
  beforeEach(async () => {
    for (const queue of QUEUES) await clientOf(queue).deleteIfExists();
  });

  it.each(QUEUES)('creates a missing queue: %s', async (queue) => {
    await queues.send(queue, MESSAGE);
    const { peekedMessageItems } = await clientOf(queue).peekMessages();
    expect(peekedMessageItems).toHaveLength(1);
  });

  it('is plain JSON, as a person would type it', async () => {
    await queues.send('hang-up', MESSAGE);
    const { peekedMessageItems } = await clientOf('hang-up').peekMessages();
    expect(peekedMessageItems.map(({ messageText }) => messageText)).toEqual([JSON.stringify(MESSAGE)]);
  });

  it('never expires', async () => {
    await queues.send('hang-up', MESSAGE);
    const { peekedMessageItems } = await clientOf('hang-up').peekMessages();
    const [expiresOn] = peekedMessageItems.map((item) => item.expiresOn);
    expect(expiresOn?.getTime()).toBeGreaterThanOrEqual(new Date(NEVER).getTime());
  });

  it('is visible at once', async () => {
    await queues.send('hang-up', MESSAGE);
    const { receivedMessageItems } = await clientOf('hang-up').receiveMessages();
    expect(receivedMessageItems).toHaveLength(1);
  });

  it('with a delay is on the queue, but not visible yet', async () => {
    await queues.send('hang-up', MESSAGE, 60);
    const client = clientOf('hang-up');
    expect((await client.getProperties()).approximateMessagesCount).toBe(1);
    expect((await client.receiveMessages()).receivedMessageItems).toEqual([]);
  });

  it('with a delay becomes visible when it is over', async () => {
    await queues.send('hang-up', MESSAGE, 0.2);
    const client = clientOf('hang-up');
    await expect
      .poll(async () => (await client.receiveMessages()).receivedMessageItems.length, { timeout: 5_000, interval: 100 })
      .toBe(1);
  });

  it('arrives even if several senders create the missing queue at the same time', async () => {
    const fresh = new AzureQueues(azurite);
    await Promise.all([...QUEUES, ...QUEUES].map((queue) => fresh.send(queue, MESSAGE)));
    for (const queue of QUEUES) expect((await clientOf(queue).getProperties()).approximateMessagesCount).toBe(2);
  });

  it('that is too large is refused: the error names the queue and shows nothing of the message', async () => {
    const sent = queues.send('play-audio', { callLegId: 'leg-1', audioFileUri: 'x'.repeat(70_000) });
    await expect(sent).rejects.toThrow(StorageError);
    await expect(sent).rejects.toThrow(/^Queue play-audio could not be used \(4\d\d \w+\)$/);
  });
});
