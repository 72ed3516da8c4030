import {
  app,
  type HttpFunctionOptions,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
  type Timer,
} from '@azure/functions';
import type { z } from 'zod';
import { ConfigurationError } from '../base/errors.ts';
import type { Services } from '../services/services.ts';
import type { QueueName } from '../storage/queue-store.ts';
import { answering } from './http.ts';

/**
 * What a file in src/functions exports: how its trigger is registered, and a factory that makes the handler from the
 * services. Azure, the tests and the simulated worlds all run the handlers that these factories make.
 */
export type AppFunction = HttpFunction | QueueFunction | TimerFunction;

export type HttpFunction = {
  readonly kind: 'http';
  readonly options: Omit<HttpFunctionOptions, 'handler'>;
  readonly handlerFor: (services: Services) => HttpHandler;
  /** The handler if the settings are wrong. Default: it answers 503 with what is wrong. */
  readonly handlerWithout?: (problem: ConfigurationError) => HttpHandler;
};

export type HttpHandler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

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

/** The services, or why there are none. */
export type Composed = Services | ConfigurationError;

/**
 * Registers a function with the Functions runtime. If the settings are wrong, a queue or timer function throws: its
 * message stays on a queue.
 * @param composed called when the function runs, not when it is registered.
 * @param look called at each request and message: see Waker.
 */
export function register(name: string, it: AppFunction, composed: () => Composed, look: () => void): void {
  const services = (): Services => {
    const given = composed();
    if (given instanceof ConfigurationError) throw given;
    return given;
  };
  switch (it.kind) {
    case 'http':
      app.http(name, {
        ...it.options,
        handler: (request, context) => {
          look();
          return httpHandler(it, composed())(request, context);
        },
      });
      break;
    case 'queue':
      app.storageQueue(name, {
        queueName: it.queue,
        connection: CONNECTION,
        handler: async (message, context) => {
          look();
          return it.handlerFor(services())(message, context);
        },
      });
      break;
    case 'timer':
      app.timer(name, {
        schedule: it.schedule,
        handler: async (timer, context) => it.handlerFor(services())(timer, context),
      });
      break;
  }
}

function httpHandler({ handlerFor, handlerWithout = refusing }: HttpFunction, composed: Composed): HttpHandler {
  return composed instanceof ConfigurationError ? handlerWithout(composed) : handlerFor(composed);
}

const refusing = (problem: ConfigurationError): HttpHandler => answering(() => Promise.reject(problem));
