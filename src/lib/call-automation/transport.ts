import http from 'node:http';
import https from 'node:https';
import { createCommunicationAuthPolicy, parseClientArguments } from '@azure/communication-common';
import {
  type Agent,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import type { z } from 'zod';
import { ConfigurationError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import { refusal, requestIdOf, silence } from './answers.ts';
import { CallAutomationError } from './errors.ts';
import { MEANINGS_2021 } from './meanings-2021.ts';
import { API_VERSION, ErrorResponse } from './requests.ts';

export type TransportOptions = {
  /** Timeout of one try, ms. */
  readonly timeoutMs?: number;
  /** Most retries of an idempotent operation, on 408, 5xx, and 429 with Retry-After. */
  readonly maxRetries?: number;
};

/** Limit for a request with all its retries and Retry-After waits, ms. After that, the queue retries it. */
const PATIENCE_MS = 60_000;

type Operation = {
  /** Name in errors, e.g. `createCall`. */
  readonly name: string;
  readonly method: HttpMethods;
  /** Below `/calling`, each segment already encoded. */
  readonly path: string;
  readonly body?: object;
  /** False: never retry, because a retry would place a second call. */
  readonly resend: boolean;
};

/** Sends operations, signed with the resource's access key (HMAC-SHA256), and validates the answers. */
export class Transport {
  readonly #endpoint: string;
  readonly #isInsecure: boolean;
  readonly #timeoutMs: number;
  readonly #http: HttpClient = createDefaultHttpClient();
  readonly #once: Pipeline;
  readonly #resending: Pipeline;

  /** @param connectionString `endpoint=https://…/;accesskey=…` as the Azure portal shows it. */
  constructor(connectionString: string, options: TransportOptions = {}) {
    const { url, credential } = readConnectionString(connectionString);
    this.#endpoint = url.replace(/\/+$/, '');
    this.#isInsecure = this.#endpoint.startsWith('http:');
    this.#timeoutMs = options.timeoutMs ?? 15_000;
    const pipeline = (maxRetries: number, agent?: Agent): Pipeline => {
      const made = createPipelineFromOptions({
        retryOptions: { maxRetries, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
        userAgentOptions: { userAgentPrefix: 'ringdown' },
        ...(agent && { agent }),
      });
      // In the Sign phase, so that each try gets a new signature: the service refuses one older than 15 minutes.
      made.addPolicy(createCommunicationAuthPolicy(credential), { phase: 'Sign' });
      return made;
    };
    // A request without retries needs its own connection: the other side may close a kept one just as it is used, and
    // we would not know whether the call was placed. (The request's `disableKeepAlive` falls back to Node's global
    // agent, which keeps connections since Node 19.)
    this.#once = pipeline(0, new (this.#isInsecure ? http : https).Agent({ keepAlive: false }));
    this.#resending = pipeline(options.maxRetries ?? 3);
  }

  async send(operation: Operation): Promise<void> {
    await this.#exchange(operation);
  }

  async ask<Answer extends z.ZodType>(operation: Operation, schema: Answer): Promise<z.infer<Answer>> {
    const response = await this.#exchange(operation);
    const answer = schema.safeParse(parseJson(response.bodyAsText));
    if (answer.success) return answer.data;
    // A 2xx means that the operation was carried out, so this error must not cause a retry.
    throw new CallAutomationError({
      operation: operation.name,
      status: response.status,
      code: 'UnreadableAnswer',
      means: 'failed',
      message: `the service's answer does not match the API: ${problemsOf(answer.error).join('; ')}`,
      requestId: requestIdOf(response),
      mayHaveHappened: true,
    });
  }

  async #exchange(operation: Operation): Promise<PipelineResponse> {
    const request = createPipelineRequest({
      url: `${this.#endpoint}/calling/${operation.path}?api-version=${API_VERSION}`,
      method: operation.method,
      headers: createHttpHeaders({ 'content-type': 'application/json', accept: 'application/json' }),
      timeout: this.#timeoutMs,
      abortSignal: AbortSignal.timeout(PATIENCE_MS),
      allowInsecureConnection: this.#isInsecure,
      ...(operation.body && { body: JSON.stringify(operation.body) }),
    });
    const response = await this.#sendThrough(operation, request);
    if (response.status >= 200 && response.status < 300) return response;
    const body = ErrorResponse.safeParse(parseJson(response.bodyAsText));
    throw refusal(operation.name, MEANINGS_2021, response, body.success ? body.data : NO_REASON);
  }

  async #sendThrough(operation: Operation, request: PipelineRequest): Promise<PipelineResponse> {
    const pipeline = operation.resend ? this.#resending : this.#once;
    try {
      return await pipeline.sendRequest(this.#http, request);
    } catch (cause) {
      const code = cause instanceof RestError ? (cause.code ?? cause.name) : 'NoAnswer';
      throw silence(operation.name, { code, requestId: request.requestId }, cause);
    }
  }
}

const NO_REASON = { code: 'Unknown', message: 'the service gave no reason' };

function readConnectionString(connectionString: string): ReturnType<typeof parseClientArguments> {
  try {
    return parseClientArguments(connectionString);
  } catch {
    // The library's message repeats the whole string with its key, so it is not kept as the cause.
    throw new ConfigurationError([
      'The ACS connection string is not of the form endpoint=https://<resource>.communication.azure.com/;accesskey=<key>',
    ]);
  }
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
