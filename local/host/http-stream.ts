import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpFunction } from './bindings.ts';
import { BodyTooLarge, headerRecord, requestUrl } from './http-messages.ts';
import type { Invoker } from './invocation.ts';

/** Headers of a single connection, which a proxy must not forward (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Serves a request to an app that uses HTTP streams. The library listens on its own port (`streamUri`). The host
 * forwards the request there with the invocation id, starts the invocation as usual, and forwards the answer to the
 * caller.
 * @throws BodyTooLarge, or the error of the function.
 */
export async function serveStreamed(options: {
  streamUri: string;
  bound: HttpFunction;
  params: Record<string, string>;
  request: IncomingMessage;
  response: ServerResponse;
  invoker: Invoker;
  bodyLimit: number;
}): Promise<void> {
  const { request, response, bound, invoker } = options;
  const invocationId = randomUUID();
  if (Number(request.headers['content-length'] ?? 0) > options.bodyLimit) throw new BodyTooLarge();
  const headers = headerRecord(request);
  const forward = openRequest(new URL(request.url ?? '/', options.streamUri), {
    method: request.method ?? 'GET',
    // A new connection for each request: after a body was refused half-way, the connection cannot be used again.
    agent: false,
    headers: {
      ...withoutHopByHop(headers),
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': requestUrl(request).host,
      'x-forwarded-proto': 'http',
    },
  });
  const headersSent = new Promise<void>((resolve) => {
    forward.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => setImmediate(resolve));
      else setImmediate(resolve);
    });
    forward.once('close', resolve).flushHeaders();
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    forward.once('response', resolve).once('error', reject);
  });
  const tooLarge = new Promise<never>((_, reject) => {
    // Not `pipeline`: it would destroy the caller's connection before the 413 is sent.
    request.pipe(limited(options.bodyLimit)).once('error', reject).pipe(forward);
  });
  request.once('close', () => request.complete || forward.destroy());
  // Either may fail after the race below is decided, so handle every rejection.
  answered.catch(() => undefined);
  tooLarge.catch(() => undefined);

  const invocation = invoker.invoke(bound, {
    data: {},
    invocationId,
    triggerMetadata: {
      Headers: { json: JSON.stringify(headers) },
      ...Object.fromEntries(Object.entries(options.params).map(([name, value]) => [name, { string: value }])),
    },
    traceParent: headers['traceparent'],
    traceState: headers['tracestate'],
  });
  try {
    // The answer begins before the invocation ends. An invocation that fails or returns nothing never answers.
    const silent = invocation.then(({ result }) => (result === null || result === undefined ? undefined : answered));
    const answer = await Promise.race([silent, answered, tooLarge]);
    if (!answer) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(answer.statusCode ?? 200, withoutHopByHop(answer.headers));
    const forwarded = pipeline(answer, response);
    forwarded.catch(() => undefined);
    // An invocation that fails halfway never ends its answer. Throw then, so that the caller's connection is closed.
    await Promise.race([forwarded, invocation.then(() => forwarded)]);
    await invocation;
  } finally {
    invocation.catch(() => undefined);
    // The library must receive the request before it is aborted; otherwise the invocation would wait for ever.
    await headersSent;
    forward.destroy();
  }
}

function limited(limit: number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      if (length > limit) done(new BodyTooLarge());
      else done(null, chunk);
    },
  });
}

function withoutHopByHop<T extends object>(headers: T): Partial<T> {
  const kept: Partial<T> = { ...headers };
  for (const name of Object.keys(kept)) {
    if (HOP_BY_HOP.has(name) || name === 'x-ms-invocation-id') Reflect.deleteProperty(kept, name);
  }
  return kept;
}
