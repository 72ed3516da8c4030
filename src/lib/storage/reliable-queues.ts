import type { QueueName, QueueStore } from './queue-store.ts';
import { retrying, sleep, type Wait } from './retrying.ts';

/**
 * Puts a message on its queue again where no answer came. It may then be there twice, which is no harm: whatever a message
 * asks for is claimed before it is done.
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
