import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { API_VERSION } from '../src/lib/call-automation/requests.ts';
import { CONTROLS, type Current } from './control.ts';
import type { Exchange } from './exchange.ts';
import { collect } from './http-client.ts';
import { type OperationRecord, type RequestRecord, timestamp } from './records.ts';
import { noRoute, notNow, Refusal, tooMany } from './refusal.ts';
import { findRoute, OPERATIONS, type Params, type Route } from './routes.ts';
import { verifySignature } from './signature.ts';
import type { World } from './world.ts';

const MAX_BODY_BYTES = 1_000_000;

/** `body` is sent as JSON, or as audio where it is bytes. */
type Answer = { status: number; body: unknown; headers?: Readonly<Record<string, string>> };
type Asked = { request: http.IncomingMessage; url: URL; raw: Buffer; requestId: string };

/** The HTTP server: operations under /calling, the simulator's own API under /simulator. */
export function createServer(current: () => Current): http.Server {
  // Longer than clients keep a connection: one that is closed just as it is used leaves a request unanswered.
  return http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const requestId = randomUUID();
    answer(current(), request, requestId)
      .catch(refused)
      .then((given) => (given === 'lost' ? request.socket.destroy() : send(response, requestId, given)));
  });
}

async function answer(current: Current, request: http.IncomingMessage, requestId: string): Promise<Answer | 'lost'> {
  const url = urlOf(request);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const raw = await collect(request, MAX_BODY_BYTES).catch(() => {
    throw tooLarge();
  });
  const asked = { request, url, raw, requestId };
  if (url.pathname.startsWith('/calling/')) return operate(current, asked);
  const found = findRoute(CONTROLS, request.method ?? '', url.pathname);
  if (!found) throw noRoute(`${request.method} ${url.pathname}`);
  const body = await found.route.handle(current, found.params, readJson(raw));
  return { status: found.route.status, body };
}

const tooLarge = (): Refusal =>
  new Refusal(413, 'BodyTooLarge', `The body is longer than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });

/** One of the nine operations: signature, address, version, body, and only then what it is about. */
async function operate(current: Current, asked: Asked): Promise<Answer | 'lost'> {
  const { request, url, raw, requestId } = asked;
  const found = findRoute(OPERATIONS, request.method ?? '', url.pathname);
  const record: RequestRecord = {
    operation: found?.route.name ?? null,
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: jsonOrText(raw),
    at: timestamp(),
    requestId,
    status: null,
  };
  const { given, isLost } = carryOut(current, asked, found);
  if (!isLost) record.status = given.status;
  if (given.status >= 400) Object.assign(record, { code: codeOf(given.body) });
  current.world.records.asked(record);
  return isLost ? 'lost' : given;
}

function carryOut(
  { world, exchange }: Current,
  { request, url, raw }: Asked,
  found: { route: Route<Exchange>; params: Params } | undefined,
): { given: Answer; isLost: boolean } {
  let note: ((status: number, code?: string) => void) | undefined;
  try {
    verifySignature(request, raw, world.options.key);
    if (!found) throw noRoute(`${request.method} ${url.pathname}`);
    const { route, params } = found;
    checkVersion(url);
    note = notebook(exchange, route.name, params, raw);
    strike(world, route.name);
    const body = route.handle(exchange, params, readJson(raw));
    note(route.status);
    return { given: { status: route.status, body }, isLost: Boolean(world.faults.strikes('answerLost', route.name)) };
  } catch (error) {
    const given = refused(error);
    note?.(given.status, codeOf(given.body));
    return { given, isLost: false };
  }
}

/** Faults that keep an operation from being carried out. */
function strike(world: World, operation: string): void {
  const throttled = world.faults.strikes('throttled', operation);
  if (throttled)
    throw tooMany('TooManyRequests', 'Throttled by a fault that was asked for', throttled.retryAfterSeconds);
  if (world.faults.strikes('failed', operation)) {
    throw new Refusal(500, 'InternalServerError', 'Failed by a fault that was asked for');
  }
}

/** Writes an operation on the record of the call it is about, found before the operation may end that call. */
function notebook(exchange: Exchange, operation: string, params: Params, raw: Buffer) {
  const leg = params.callLegId
    ? exchange.findLeg(params.callLegId)
    : exchange.findConversation(params.conversationId)?.oldestLeg;
  const at = timestamp();
  const body = jsonOrText(raw);
  const context = typeof body === 'object' && body && 'operationContext' in body ? body.operationContext : null;
  return (status: number, code?: string): void => {
    const record: OperationRecord = {
      operation,
      at,
      operationContext: typeof context === 'string' ? context : null,
      status,
      ...(code !== undefined && { code }),
    };
    leg?.record.operations.push(record);
  };
}

function checkVersion(url: URL): void {
  if (url.searchParams.get('api-version') === API_VERSION) return;
  throw notNow('UnsupportedApiVersion', `The query must say api-version=${API_VERSION}`);
}

function urlOf(request: http.IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://simulator');
  } catch {
    throw noRoute('this address');
  }
}

/** @throws Refusal unless the body is JSON or empty. */
function readJson(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw notNow('InvalidJson', 'The body is not JSON');
  }
}

function jsonOrText(raw: Buffer): unknown {
  try {
    return readJson(raw);
  } catch {
    return raw.toString('utf8');
  }
}

const codeOf = (body: unknown): string =>
  typeof body === 'object' && body && 'code' in body ? String(body.code) : 'Unknown';

function refused(error: unknown): Answer {
  if (error instanceof Refusal) {
    return { status: error.status, body: { code: error.code, message: error.message }, headers: error.headers };
  }
  // A bug of ours: whoever runs the simulator has to see it, whoever asked has not.
  console.error(error);
  return { status: 500, body: { code: 'InternalServerError', message: 'The simulator failed' } };
}

function send(response: http.ServerResponse, requestId: string, { status, body, headers }: Answer): void {
  const isAudio = Buffer.isBuffer(body);
  const content = isAudio ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    ...headers,
    'content-type': isAudio ? 'audio/wav' : 'application/json',
    'content-length': content.length,
    'x-ms-request-id': requestId,
  });
  response.end(content);
}
