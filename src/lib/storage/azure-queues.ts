import { QueueClient, RestError, type StoragePipelineOptions } from '@azure/storage-queue';
import { StorageError } from '../base/errors.ts';
import type { StorageAccess } from './access.ts';
import type { QueueName, QueueStore } from './queue-store.ts';
import { REQUEST_LIMIT_MS } from './time-limit.ts';

/** Messages never expire. By default, Azure would drop them without notice after a week. */
const NEVER_EXPIRES = -1;

/** Queue Storage through the official SDK. Messages are plain JSON, as with `az storage message put`. */
export class AzureQueues implements QueueStore {
  readonly #clients = new Map<QueueName, QueueClient>();
  readonly #open: (queue: QueueName) => QueueClient;

  readonly #limitMs: number;

  constructor(access: StorageAccess, limitMs = REQUEST_LIMIT_MS) {
    this.#limitMs = limitMs;
    // reliable-queues.ts retries instead: the SDK waits four seconds or more, which is too long for a callback.
    this.#open = (queue) => openQueue(access, queue, { retryOptions: { maxTries: 1 } });
  }

  async send(queue: QueueName, message: object, delaySeconds = 0): Promise<void> {
    const client = this.#clients.get(queue) ?? this.#open(queue);
    this.#clients.set(queue, client);
    const put = () =>
      client.sendMessage(JSON.stringify(message), {
        visibilityTimeout: Math.ceil(delaySeconds),
        messageTimeToLive: NEVER_EXPIRES,
        abortSignal: AbortSignal.timeout(this.#limitMs),
      });
    try {
      await put().catch(async (error) => {
        if (!(error instanceof RestError && error.code === 'QueueNotFound')) throw error;
        await client.createIfNotExists({ abortSignal: AbortSignal.timeout(this.#limitMs) });
        await put();
      });
    } catch (cause) {
      const what =
        cause instanceof RestError ? `${cause.statusCode ?? 'no answer'} ${cause.code ?? ''}`.trim() : 'no answer';
      throw new StorageError(`Queue ${queue} could not be used (${what})`, { cause, isTransient: true });
    }
  }
}

/** A client for a queue. Sends no request. */
export function openQueue(access: StorageAccess, queue: string, options?: StoragePipelineOptions): QueueClient {
  return 'connectionString' in access
    ? new QueueClient(access.connectionString, queue, options)
    : new QueueClient(`${access.queueEndpoint}/${queue}`, access.credential, options);
}
