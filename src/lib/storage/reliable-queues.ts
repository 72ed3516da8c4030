import type { QueueName, QueueStore } from './queue-store.ts';
import { retrying, sleep, type Wait } from './retrying.ts';

/**
 * Sends a message again if storage did not answer. The queue may then hold it twice, which is harmless: handlers claim
 * an action before they perform it.
 */
export class ReliableQueues implements QueueStore {
  readonly #queues: QueueStore;
  readonly #wait: Wait;

  constructor(queues: QueueStore, wait: Wait = sleep) {
    this.#queues = queues;
    this.#wait = wait;
  }

  send(queue: QueueName, message: object, delaySeconds?: number): Promise<void> {
    return retrying(this.#wait, () => this.#queues.send(queue, message, delaySeconds));
  }
}
