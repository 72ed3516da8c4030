import { type DequeuedMessageItem, type QueueClient, RestError } from '@azure/storage-queue';
import type { StorageAccess } from './access.ts';
import { openQueue } from './azure-queues.ts';
import type { QueueName } from './queue-store.ts';

/** A message that failed five times. `remove` throws if somebody else has taken it meanwhile. */
export type Poisoned = { readonly queue: QueueName; readonly text: string; remove(): Promise<void> };

/** The poison queues: `<queue>-poison` of each queue. */
export interface PoisonQueues {
  /** The messages of a poison queue that are wanted. One request for 32 messages, and one for each. */
  find(queue: QueueName, isWanted: (text: string) => boolean): Promise<Poisoned[]>;
}

/** The most messages that the service returns at once (Queue Storage: Get Messages). */
const PAGE = 32;
/** Hidden while the rest of the queue is read, seconds. */
const HIDDEN = 120;

/** Poison queues through the official SDK. */
export class AzurePoisonQueues implements PoisonQueues {
  readonly #access: StorageAccess;
  constructor(access: StorageAccess) {
    this.#access = access;
  }

  async find(queue: QueueName, isWanted: (text: string) => boolean): Promise<Poisoned[]> {
    const client = openQueue(this.#access, `${queue}-poison`);
    const found: Poisoned[] = [];
    for (const { messageId, messageText: text, popReceipt } of await everyMessage(client)) {
      const shown = await client.updateMessage(messageId, popReceipt, undefined, 0);
      const receipt = shown.popReceipt ?? popReceipt;
      const remove = async (): Promise<void> => void (await client.deleteMessage(messageId, receipt));
      if (isWanted(text)) found.push({ queue, text, remove });
    }
    return found;
  }
}

/** Reads a queue to its end. Messages that were read are hidden, so that each is read once. */
async function everyMessage(client: QueueClient): Promise<DequeuedMessageItem[]> {
  const messages: DequeuedMessageItem[] = [];
  try {
    for (;;) {
      const options = { numberOfMessages: PAGE, visibilityTimeout: HIDDEN };
      const { receivedMessageItems } = await client.receiveMessages(options);
      if (receivedMessageItems.length === 0) return messages;
      messages.push(...receivedMessageItems);
    }
  } catch (error) {
    if (error instanceof RestError && error.code === 'QueueNotFound') return messages;
    throw error;
  }
}
