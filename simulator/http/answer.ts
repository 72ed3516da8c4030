import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';
import { Refusal } from '../base/refusal.ts';
import { flatError } from './api.ts';
import type { Env } from './env.ts';

/** Answers with JSON, or with an empty body if there is no value. */
export function answer(c: Context<Env>, status: StatusCode, value?: unknown): Response {
  const json = value === undefined ? null : JSON.stringify(value);
  return c.newResponse(json, status, { 'content-type': 'application/json' });
}

/** Answers with a file. */
export const answerFile = (
  c: Context<Env>,
  type: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Response => c.body(new Uint8Array(bytes), 200, { ...headers, 'content-type': type });

/** Answers with an error, in the shape of the API that was called. */
export function answerError(error: unknown, c: Context<Env>): Response {
  const toError = c.var.api?.error ?? flatError;
  // An unexpected error is a bug in the simulator: show it to its operator, not to the client.
  if (!(error instanceof Refusal)) console.error(error);
  const { status, code, message, headers } =
    error instanceof Refusal
      ? error
      : { status: 500 as const, code: 'InternalServerError', message: 'The simulator failed', headers: {} };
  const given = toError(status, code, message);
  c.set('code', given.code);
  return c.json(given.body, given.status, headers);
}

/** Cuts the connection instead of answering. */
export function answerLost(c: Context<Env>): void {
  c.set('isLost', true);
  c.env.incoming.socket.destroy();
  c.res = undefined;
  c.res = RESPONSE_ALREADY_SENT;
}

/** The sending end of an event stream. */
export type Stream = { send(data: unknown): void; end(): void };

/** How soon a page reconnects after its connection breaks. */
const RETRY_MS = 500;

/**
 * Answers with server-sent events, each of them JSON, until one side ends the stream.
 * @param begin starts sending. Returns a function to call when the client has gone.
 */
export function answerEvents(c: Context<Env>, begin: (stream: Stream) => () => void): Response {
  const { outgoing } = c.env;
  // A client that has gone already sends no further `close` event.
  if (outgoing.destroyed) return RESPONSE_ALREADY_SENT;
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  outgoing.write(`retry: ${RETRY_MS}\n\n`);
  const over = begin({
    send: (data) => void outgoing.write(`data: ${JSON.stringify(data)}\n\n`),
    end: () => void outgoing.end(),
  });
  outgoing.on('close', over);
  return RESPONSE_ALREADY_SENT;
}
