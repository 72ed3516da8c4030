import { randomUUID } from 'node:crypto';
import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpFunction } from './bindings.ts';
import { BodyTooLarge, headerRecord, requestUrl } from './http-messages.ts';
import type { Invoker } from './invocation.ts';

/** RFC 9110, 7.6.1: these concern one connection only and are not passed on. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Serves one request of an app that asked for HTTP streams. The library listens on a port of its own (`streamUri`); the
 * host forwards the request there under the invocation's id, starts the invocation as usual, and passes the answer back.
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
    // A connection of its own: one on which a body was refused half-way is of no use to the next request.
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
    // Piped by hand: `pipeline` would destroy the caller's connection with the body, and with it the 413.
    request.pipe(limited(options.bodyLimit)).once('error', reject).pipe(forward);
  });
  request.once('close', () => request.complete || forward.destroy());
  // Any of them may fail after another has settled; handle every rejection.
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
    // The answer begins before the invocation ends; an invocation that fails, or returns nothing, never answers.
    const silent = invocation.then(({ result }) => (result === null || result === undefined ? undefined : answered));
    const answer = await Promise.race([silent, answered, tooLarge]);
    if (!answer) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(answer.statusCode ?? 200, withoutHopByHop(answer.headers));
    const passedOn = pipeline(answer, response);
    passedOn.catch(() => undefined);
    // An invocation that fails halfway never ends its answer, so close the caller's connection.
    await Promise.race([passedOn, invocation.then(() => passedOn)]);
    await invocation;
  } finally {
    invocation.catch(() => undefined);
    // The library must see the request before it is aborted, or the invocation would wait for it for ever.
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
    if (hopByHop.has(name) || name === 'x-ms-invocation-id') Reflect.deleteProperty(kept, name);
  }
  return kept;
}
