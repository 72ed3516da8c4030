import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import type { Services } from '../../../src/lib/services/services.ts';
import { QUEUES, type QueueName } from '../../../src/lib/storage/queue-store.ts';
import { onCallback, onQueue } from '../../fixtures/triggers.ts';

const POLL_MS = 20;

/**
 * Runs the app's queue functions and its callback endpoint in this process, without the timer, so that only calls make
 * storage requests.
 */
export class SmallHost {
  readonly #server: http.Server;
  readonly #services: Services;
  readonly #pumps: Promise<void>[];
  #isStopping = false;

  constructor(services: Services, storage: string, port: number) {
    this.#services = services;
    this.#server = http.createServer((request, response) => {
      void this.#callback(request).then((status) => response.writeHead(status).end());
    });
    this.#server.listen(port, '127.0.0.1');
    this.#pumps = QUEUES.map((queue) => this.#pump(queue, new QueueClient(storage, queue)));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#pumps);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #callback(request: http.IncomingMessage): Promise<number> {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
    const token = request.url?.split('/').at(-1) ?? '';
    return (await onCallback(this.#services, token, body)).status;
  }

  async #pump(queue: QueueName, client: QueueClient): Promise<void> {
    await client.createIfNotExists();
    while (!this.#isStopping) {
      const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 16 });
      for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
        await onQueue(queue, this.#services, JSON.parse(messageText), messageId);
        await client.deleteMessage(messageId, popReceipt);
      }
      await pause(POLL_MS);
    }
  }
}
