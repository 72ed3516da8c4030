import type { QueueName, QueueStore } from '../storage/queue-store.ts';
import { traceparent } from './traces.ts';

/** Adds the current span to each message, so that its handler continues the trace (triggers/queue-function.ts). */
export class TracedQueues implements QueueStore {
  readonly #queues: QueueStore;
  constructor(queues: QueueStore) {
    this.#queues = queues;
  }

  send(queue: QueueName, message: object, delaySeconds?: number): Promise<void> {
    const from = traceparent();
    return this.#queues.send(queue, from === undefined ? message : { ...message, traceparent: from }, delaySeconds);
  }
}
