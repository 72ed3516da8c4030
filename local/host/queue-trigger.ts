import { setTimeout as sleep } from 'node:timers/promises';
import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { QueueFunction } from './bindings.ts';
import type { QueueSettings } from './host-json.ts';
import type { Invoker } from './invocation.ts';
import { describeError, type Log } from './log.ts';
import { PollingBackoff } from './queue-backoff.ts';
import { decodeMessage, manualMetadata, queueMetadata } from './queue-message.ts';
import type { Trigger } from './trigger.ts';

/** How long a message stays invisible while its function runs, and how often that is renewed. */
export type MessageLease = {
  seconds: number;
  renewEveryMs: number;
};

/** Ten minutes, renewed every five (platform docs: Queue storage trigger). */
const HOST_LEASE: MessageLease = { seconds: 600, renewEveryMs: 300_000 };

/** Runs a function for each message of a queue, by the rules of the Storage extension 5.x. */
export class QueueTrigger implements Trigger {
  readonly #bound: QueueFunction;
  readonly #invoker: Invoker;
  readonly #settings: QueueSettings;
  readonly #log: Log;
  readonly #queue: QueueClient;
  /** Undefined if the queue is itself a poison queue. */
  readonly #poison: QueueClient | undefined;
  readonly #lease: MessageLease;
  readonly #processing = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** Ends the wait in `#belowThreshold`. Called when a message is finished, and on stop. */
  #wake: () => void = () => undefined;
  #reachable = true;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: {
    bound: QueueFunction;
    service: QueueServiceClient;
    settings: QueueSettings;
    invoker: Invoker;
    log: Log;
    lease?: MessageLease | undefined;
  }) {
    this.#bound = options.bound;
    this.#invoker = options.invoker;
    this.#settings = options.settings;
    this.#log = options.log;
    this.#lease = options.lease ?? HOST_LEASE;
    const { service } = options;
    const { queueName } = options.bound;
    this.#queue = service.getQueueClient(queueName);
    this.#poison = queueName.endsWith('-poison') ? undefined : service.getQueueClient(`${queueName}-poison`);
  }

  async start(): Promise<void> {
    this.#loop = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#loop;
    await Promise.allSettled(this.#processing);
  }

  runByHand(input: string): Promise<unknown> {
    return this.#invoker.invoke(this.#bound, { data: { string: input }, triggerMetadata: manualMetadata(input) });
  }

  async #poll(): Promise<void> {
    const backoff = new PollingBackoff(this.#settings.maxPollingInterval);
    let isBusy = false;
    while (!this.#stopping.signal.aborted) {
      // The real listener asks whether the queue exists, unless the poll before found messages: an idle poll is two requests.
      const messages = await this.#receive(!isBusy);
      isBusy = messages.length > 0;
      if (!isBusy) {
        await sleep(backoff.next(), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        continue;
      }
      backoff.reset();
      for (const message of messages) this.#take(message);
      await this.#belowThreshold();
    }
  }

  /**
   * Receives a batch. Returns none if the queue is empty or missing: like the real listener, this one does not create it.
   * Returns none if storage is unavailable, which is logged once. Any other error stops the listener (extension source:
   * QueueListener).
   */
  async #receive(isChecked: boolean): Promise<DequeuedMessageItem[]> {
    try {
      if (isChecked && !(await this.#queue.exists())) return [];
      const { receivedMessageItems } = await this.#queue.receiveMessages({
        numberOfMessages: this.#settings.batchSize,
        visibilityTimeout: this.#lease.seconds,
      });
      if (!this.#reachable) this.#log.info(`queue ${this.#bound.queueName} is reachable again`);
      this.#reachable = true;
      return receivedMessageItems;
    } catch (error) {
      this.#unreachable(error);
      return [];
    }
  }

  #unreachable(error: unknown): void {
    if (errorCode(error) === 'QueueNotFound') return;
    if (this.#reachable) this.#log.error(`queue ${this.#bound.queueName} cannot be read: ${describeError(error)}`);
    this.#reachable = false;
    const status = statusOf(error);
    if (status === undefined || status >= 500) return;
    this.#log.error(`The listener for function ${this.#bound.name} stops.`);
    this.#stopping.abort();
  }

  #take(message: DequeuedMessageItem): void {
    const processed = this.#process(message)
      // Storage failed after the function ran: the message is redelivered when its lease ends.
      .catch((error: unknown) => this.#log.error(`[${this.#bound.name}] message not deleted: ${describeError(error)}`))
      .finally(() => {
        this.#processing.delete(processed);
        this.#wake();
      });
    this.#processing.add(processed);
  }

  /** Waits until few enough messages are in progress for the next batch (newBatchThreshold), or the host stops. */
  async #belowThreshold(): Promise<void> {
    while (this.#processing.size > this.#settings.newBatchThreshold && !this.#stopping.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #process(message: DequeuedMessageItem): Promise<void> {
    // Received while stopping: make it visible for the next host.
    if (this.#stopping.signal.aborted) return this.#release(message, 0);

    const text = decodeMessage(message.messageText, this.#settings.messageEncoding);
    if (text === undefined) {
      this.#log.error(
        `[${this.#bound.name}] message ${message.messageId} is not base64, which host.json requires (messageEncoding)`,
      );
      return this.#toPoison(message);
    }
    // More deliveries than the maximum: a host died during the last try.
    if (message.dequeueCount > this.#settings.maxDequeueCount && this.#poison) return this.#toPoison(message);

    const lease = this.#keepHidden(message);
    const succeeded = await this.#invoker
      .invoke(this.#bound, { data: { string: text }, triggerMetadata: queueMetadata(message, text) })
      .then(() => true)
      .catch(() => false);
    await lease.end();

    if (succeeded) return this.#delete(message);
    // Without a poison queue a failed message stays invisible until its lease ends, so that it does not fail in a tight
    // loop (extension source: QueueProcessor).
    if (!this.#poison) return undefined;
    if (message.dequeueCount >= this.#settings.maxDequeueCount) return this.#toPoison(message);
    return this.#release(message, Math.ceil(this.#settings.visibilityTimeout / 1000));
  }

  /** Renews the lease of a message while its function runs. Each renewal changes the pop receipt. */
  #keepHidden(message: DequeuedMessageItem): { end(): Promise<void> } {
    let renewal: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      renewal = this.#release(message, this.#lease.seconds).catch((error: unknown) =>
        this.#log.warn(`[${this.#bound.name}] could not renew message ${message.messageId}: ${describeError(error)}`),
      );
    }, this.#lease.renewEveryMs);
    return {
      end: () => {
        clearInterval(timer);
        return renewal;
      },
    };
  }

  /** Makes the message visible again after `seconds`. */
  async #release(message: DequeuedMessageItem, seconds: number): Promise<void> {
    const { messageId, popReceipt } = message;
    await this.#unlessGone(async () => {
      const updated = await this.#queue.updateMessage(messageId, popReceipt, undefined, seconds);
      message.popReceipt = updated.popReceipt ?? popReceipt;
    });
  }

  async #delete(message: DequeuedMessageItem): Promise<void> {
    await this.#unlessGone(() => this.#queue.deleteMessage(message.messageId, message.popReceipt));
  }

  /** Copies, then deletes. Not atomic: after a crash in between the message is in both queues, as in Azure. */
  async #toPoison(message: DequeuedMessageItem): Promise<void> {
    if (!this.#poison) return;
    this.#log.warn(
      `[${this.#bound.name}] message ${message.messageId} goes to ${this.#poison.name} after ${message.dequeueCount} tries`,
    );
    await this.#poison.createIfNotExists();
    await this.#poison.sendMessage(message.messageText);
    await this.#delete(message);
  }

  /** Ignores that another host has the message by now, or that it or its queue was deleted. */
  async #unlessGone(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (!['MessageNotFound', 'PopReceiptMismatch', 'QueueNotFound', 'QueueBeingDeleted'].includes(code)) throw error;
      this.#log.debug(`[${this.#bound.name}] message is no longer ours: ${code}`);
    }
  }
}

function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** The status of storage's answer; undefined if there was none. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
