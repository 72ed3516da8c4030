import {
  app,
  type HttpFunctionOptions,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
  type Timer,
} from '@azure/functions';
import type { z } from 'zod';
import type { Services } from '../services/services.ts';
import type { QueueName } from '../storage/queue-store.ts';

/**
 * What a file in src/functions exports: how its trigger is registered, and a factory that makes the handler from the
 * services. Azure, the tests and the simulated worlds all run the handlers that these factories make.
 */
export type AppFunction = HttpFunction | QueueFunction | TimerFunction;

export type HttpFunction = {
  readonly kind: 'http';
  readonly options: Omit<HttpFunctionOptions, 'handler'>;
  readonly handlerFor: (
    services: Services,
  ) => (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;
};

export type QueueFunction = {
  readonly kind: 'queue';
  readonly queue: QueueName;
  /** Schema of the queue's messages. */
  readonly message: z.ZodType;
  readonly handlerFor: (services: Services) => (message: unknown, context: InvocationContext) => Promise<void>;
};

export type TimerFunction = {
  readonly kind: 'timer';
  /** Six fields, UTC: second, minute, hour, day, month, day of week. */
  readonly schedule: string;
  readonly handlerFor: (services: Services) => (timer: Timer, context: InvocationContext) => Promise<void>;
};

/** The setting with the storage account of the queues; the Functions host reads it by this name. */
const CONNECTION = 'AzureWebJobsStorage';

/**
 * Registers a function with the Functions runtime.
 * @param services called when the function runs, not when it is registered.
 */
export function register(name: string, it: AppFunction, services: () => Services): void {
  switch (it.kind) {
    case 'http':
      app.http(name, {
        ...it.options,
        handler: (request, context) => it.handlerFor(services())(request, context),
      });
      break;
    case 'queue':
      app.storageQueue(name, {
        queueName: it.queue,
        connection: CONNECTION,
        handler: (message, context) => it.handlerFor(services())(message, context),
      });
      break;
    case 'timer':
      app.timer(name, {
        schedule: it.schedule,
        handler: (timer, context) => it.handlerFor(services())(timer, context),
      });
      break;
  }
}
