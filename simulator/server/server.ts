import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { API_VERSION } from '../../src/lib/call-automation/requests.ts';
import { timestamp } from '../base/clock.ts';
import { collect } from '../base/http-client.ts';
import { noRoute, notNow, Refusal, tooMany } from '../base/refusal.ts';
import { CONTROLS, PUBLISHED } from '../control/routes.ts';
import { PHONE_PAGE } from '../phone-server/page-files.ts';
import { PHONES } from '../phone-server/routes.ts';
import type { Current } from '../service/current.ts';
import type { Exchange } from '../service/exchange.ts';
import type { OperationRecord, RequestRecord } from '../service/records.ts';
import type { World } from '../service/world.ts';
import { gaError, isGaPath, isGaVersion, OPERATIONS_GA } from '../wire-ga/routes.ts';
import { Content, EventStream } from './content.ts';
import { findRoute, OPERATIONS_2021, type Params, type Route } from './route.ts';
import { verifySignature } from './signature.ts';

const MAX_BODY_BYTES = 1_000_000;

/** What needs no signature and is no operation. */
const OPEN: readonly Route<Current>[] = [...CONTROLS, ...PHONES, ...PHONE_PAGE];

/** `body` is sent as JSON, unless it says what it is. */
type Answer = { status: number; body: unknown; headers?: Readonly<Record<string, string>> };
type Asked = { request: http.IncomingMessage; url: URL; raw: Buffer; requestId: string };

/** The HTTP server: operations under /calling, the simulator's own API under /simulator, the phone page at /phone. */
export function createServer(current: () => Current): http.Server {
  // Longer than clients keep a connection: one that is closed just as it is used leaves a request unanswered.
  return http.createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    const requestId = randomUUID();
    answer(current(), request, requestId)
      .catch((error: unknown) => refused(error))
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
  const published = findRoute(PUBLISHED, request.method ?? '', url.pathname);
  if (url.pathname.startsWith('/calling/') && !published) return operate(current, asked);
  const found = published ?? findRoute(OPEN, request.method ?? '', url.pathname);
  if (!found) throw noRoute(`${request.method} ${url.pathname}`);
  const body = await found.route.handle(current, found.params, readJson(raw), request.headers);
  return { status: found.route.status, body };
}

const tooLarge = (): Refusal =>
  new Refusal(413, 'BodyTooLarge', `The body is longer than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });

/** An API: its operations, the versions that it goes by, and its errors. */
type Api = {
  readonly operations: readonly Route<Current>[];
  readonly isVersion: (version: string | null) => boolean;
  readonly versions: string;
  readonly error: (status: number, code: string, message: string) => { status: number; body: object };
};

const API_2021: Api = {
  operations: OPERATIONS_2021.map((operation) => ({
    ...operation,
    handle: ({ exchange }, ...rest) => operation.handle(exchange, ...rest),
  })),
  isVersion: (version) => version === API_VERSION,
  versions: API_VERSION,
  error: (status, code, message) => ({ status, body: { code, message } }),
};

const API_GA: Api = {
  operations: OPERATIONS_GA,
  isVersion: isGaVersion,
  versions: 'a date from 2023-10-15 on',
  error: gaError,
};

const apiOf = (pathname: string): Api => (isGaPath(pathname) ? API_GA : API_2021);

/** One of an API's operations: signature, address, version, body, and only then what it is about. */
async function operate(current: Current, asked: Asked): Promise<Answer | 'lost'> {
  const { request, url, raw, requestId } = asked;
  const api = apiOf(url.pathname);
  const found = findRoute(api.operations, request.method ?? '', url.pathname);
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
  const { given, isLost } = carryOut(current, asked, api, found);
  if (!isLost) record.status = given.status;
  if (given.status >= 400) Object.assign(record, { code: codeOf(given.body) });
  current.world.records.asked(record);
  return isLost ? 'lost' : given;
}

function carryOut(
  current: Current,
  { request, url, raw }: Asked,
  api: Api,
  found: { route: Route<Current>; params: Params } | undefined,
): { given: Answer; isLost: boolean } {
  const { world, exchange } = current;
  let note: ((status: number, code?: string) => void) | undefined;
  try {
    verifySignature(request, raw, world.options.key);
    if (!found) throw noRoute(`${request.method} ${url.pathname}`);
    const { route, params } = found;
    checkVersion(url, api);
    note = notebook(exchange, route.name, params, raw);
    strike(world, route.name);
    const body = route.handle(current, params, readJson(raw), request.headers);
    note(route.status);
    return { given: { status: route.status, body }, isLost: Boolean(world.faults.strikes('answerLost', route.name)) };
  } catch (error) {
    const given = refused(error, api);
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
  const leg = params.callLegId ? exchange.findLeg(params.callLegId) : exchange.findOldestLegOf(params.conversationId);
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

function checkVersion(url: URL, { isVersion, versions }: Api): void {
  if (isVersion(url.searchParams.get('api-version'))) return;
  throw notNow('UnsupportedApiVersion', `The query must say api-version=${versions}`);
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

function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return 'Unknown';
  if ('error' in body) return codeOf(body.error);
  return 'code' in body ? String(body.code) : 'Unknown';
}

function refused(error: unknown, api: Api = API_2021): Answer {
  if (error instanceof Refusal) {
    return { ...api.error(error.status, error.code, error.message), headers: error.headers };
  }
  // A bug of ours: whoever runs the simulator has to see it, whoever asked has not.
  console.error(error);
  return api.error(500, 'InternalServerError', 'The simulator failed');
}

function send(response: http.ServerResponse, requestId: string, given: Answer): void {
  if (given.body instanceof EventStream) given.body.pour(response);
  else sendWhole(response, requestId, given);
}

function sendWhole(response: http.ServerResponse, requestId: string, { status, body, headers }: Answer): void {
  const content =
    body instanceof Content
      ? body
      : new Content('application/json', Buffer.from(body === undefined ? '' : JSON.stringify(body)));
  response.writeHead(status, {
    ...headers,
    ...content.headers,
    'content-type': content.type,
    'content-length': content.bytes.length,
    'x-ms-request-id': requestId,
  });
  response.end(content.bytes);
}
