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
import { API_VERSION, ErrorResponse } from './requests.ts';

export type TransportOptions = {
  /** How long one try may take, ms. */
  readonly timeoutMs?: number;
  /** How often an idempotent operation is tried again on 408, 5xx, and a 429 that says when (Retry-After). */
  readonly maxRetries?: number;
};

/** However long Retry-After asks us to wait: what takes longer is for the queue to try again, ms. */
const PATIENCE_MS = 60_000;

type Operation = {
  /** As it is named in errors, e.g. `createCall`. */
  readonly name: string;
  readonly method: HttpMethods;
  /** Below `/calling`, each segment already encoded. */
  readonly path: string;
  readonly body?: object;
  /** False: asked once and never re-sent, because asking again would place a second call. */
  readonly resend: boolean;
};

/** Sends one operation, signed with the resource's access key (HMAC-SHA256), and gives its checked answer. */
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
      // In the Sign phase each try is signed anew: a signature older than 15 minutes is refused.
      made.addPolicy(createCommunicationAuthPolicy(credential), { phase: 'Sign' });
      return made;
    };
    // What is sent once needs a connection of its own: a kept one may be closed by the other side just as it is used, and
    // nobody could say whether the call was placed. (The request's `disableKeepAlive` falls back to Node's global agent,
    // which keeps connections since Node 19.)
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
    // A 2xx means that it was done, so this must not look like something to try again.
    throw new CallAutomationError({
      operation: operation.name,
      status: response.status,
      code: 'UnreadableAnswer',
      message: `the service's answer is not what the API promises: ${problemsOf(answer.error).join('; ')}`,
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
    throw refusal(operation.name, response, body.success ? body.data : NO_REASON);
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
