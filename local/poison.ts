import type { QueueClient } from '@azure/storage-queue';
import type { StorageAccess } from '../src/lib/storage/access.ts';
import { openQueue } from '../src/lib/storage/azure-queues.ts';
import { AzureTables } from '../src/lib/storage/azure-tables.ts';
import { Failures } from '../src/lib/storage/failures.ts';
import { QUEUES, type QueueName } from '../src/lib/storage/queue-store.ts';
import { parsedArgs, runCommand, UsageError } from './cli.ts';
import { STORAGE_FLAGS, STORAGE_HELP, storageOf } from './storage-flags.ts';
import { tableText } from './table-text.ts';

const USAGE = `Usage: npm run -s poison -- list
       npm run -s poison -- show QUEUE
       npm run -s poison -- retry QUEUE [MESSAGE_ID]

Lists, shows and retries the messages that failed five times. Each queue has a poison queue for them.
  list    the number of messages, by queue
  show    the messages of a queue: id, time, reason of the failure, and text
  retry   sends a message, or all messages of the queue, again

${STORAGE_HELP}
  --json           print one JSON value
  --help           this text

Messages may contain phone numbers. show does not mask them.`;

/** The most messages that the service returns at once (Queue Storage: Peek Messages). */
const PAGE = 32;

await runCommand(async () => {
  const { values, positionals } = parsedArgs({
    ...STORAGE_FLAGS,
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [command, queue, messageId] = positionals;
  const storage = storageOf(values);
  const print = (value: unknown, text: string): number => {
    process.stdout.write(`${values.json ? JSON.stringify(value) : text}\n`);
    return 0;
  };
  switch (command) {
    case 'list': {
      const counts = await count(storage);
      return print(
        counts,
        tableText(
          ['queue', 'poisoned'],
          Object.entries(counts).map(([name, n]) => [name, String(n)]),
        ),
      );
    }
    case 'show': {
      const messages = await show(storage, known(queue));
      const text = messages
        .map(({ id, at, why, says }) => `${id}   ${at}\n  why:  ${why}\n  says: ${says}`)
        .join('\n\n');
      return print(messages, text || 'none');
    }
    case 'retry': {
      const sent = await retry(storage, known(queue), messageId);
      if (messageId && sent.length === 0) throw new Error(`There is no message ${messageId} on ${queue}-poison.`);
      return print(sent, `${sent.length} sent again to ${queue}`);
    }
    default:
      throw new UsageError('The first argument must be list, show or retry.');
  }
});

function known(queue: string | undefined): QueueName {
  const found = QUEUES.find((name) => name === queue);
  if (!found) throw new UsageError(`The queue must be one of ${QUEUES.join(', ')}.`);
  return found;
}

function poisonOf(storage: StorageAccess, queue: QueueName): QueueClient {
  return openQueue(storage, `${queue}-poison`);
}

async function count(storage: StorageAccess): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const queue of QUEUES) {
    const poison = poisonOf(storage, queue);
    counts[queue] = (await poison.exists()) ? ((await poison.getProperties()).approximateMessagesCount ?? 0) : 0;
  }
  return counts;
}

type Poisoned = { id: string; at: string; why: string; says: string };

async function show(storage: StorageAccess, queue: QueueName): Promise<Poisoned[]> {
  const poison = poisonOf(storage, queue);
  if (!(await poison.exists())) return [];
  const failures = new Failures(new AzureTables(storage));
  const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: PAGE });
  return Promise.all(
    peekedMessageItems.map(async ({ messageId, messageText, insertedOn }) => {
      const why = (await failures.find(queue, asHandled(messageText)))?.reason ?? 'not recorded; see the log';
      return { id: messageId, at: insertedOn.toISOString(), why, says: messageText };
    }),
  );
}

/** The message as the Functions library passes it to a handler: parsed if it is JSON. */
function asHandled(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sends a message before deleting it: after a crash it may exist twice, which is harmless, but is never lost. */
async function retry(storage: StorageAccess, queue: QueueName, only: string | undefined): Promise<string[]> {
  const poison = poisonOf(storage, queue);
  if (!(await poison.exists())) return [];
  const target = openQueue(storage, queue);
  await target.createIfNotExists();
  const failures = new Failures(new AzureTables(storage));
  const sent: string[] = [];
  for (;;) {
    const { receivedMessageItems } = await poison.receiveMessages({ numberOfMessages: PAGE, visibilityTimeout: 60 });
    if (receivedMessageItems.length === 0) return sent;
    for (const { messageId, messageText, popReceipt } of receivedMessageItems) {
      // The messages left out become visible again after 60 seconds.
      if (only && messageId !== only) continue;
      await target.sendMessage(messageText, { messageTimeToLive: -1 });
      await poison.deleteMessage(messageId, popReceipt);
      await failures.forget(queue, asHandled(messageText));
      sent.push(messageId);
      if (only) return sent;
    }
  }
}
