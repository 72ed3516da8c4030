import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RpcHttpCookie, RpcHttpData, RpcNullableString, RpcTypedData } from './core-types.ts';

/** Thrown if the body of a request is larger than the limit. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
}

/** The full URL of a request. */
export function requestUrl(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
}

/** Reads a whole body. @param limit bytes. @throws BodyTooLarge */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Uint8Array = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new BodyTooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

/** The headers as the Functions host sends them: lower-case names, repeated headers joined with commas. */
export function headerRecord(request: IncomingMessage): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) record[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return record;
}

/**
 * The URL that the app sees: the host decodes the path, except slashes, and encodes it again, so that `%2B` becomes `+`
 * and `%2F` becomes `%252F`.
 */
function urlForApp(request: IncomingMessage): string {
  const { origin, search } = requestUrl(request);
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  return `${origin}${path.split('/').map(encodedAgain).join('/')}${search}`;
}

function encodedAgain(segment: string): string {
  try {
    return encodeURI(decodeURIComponent(segment.replace(/%2f/gi, '%252F'))).replace(/[?#]/g, encodeURIComponent);
  } catch {
    return segment;
  }
}

/**
 * The request as the Functions host sends it to a worker with the capability RawHttpBodyBytes and nullable
 * dictionaries.
 */
export function toRpcRequest(
  request: IncomingMessage,
  params: Record<string, string>,
  body: Uint8Array,
): { http: RpcHttpData } {
  const url = requestUrl(request);
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) {
    // The Functions host joins repeated parameters with commas (azure-functions-nodejs-library issue 168).
    query[name] = url.searchParams.getAll(name).join(',');
  }
  return {
    http: {
      method: request.method ?? 'GET',
      url: urlForApp(request),
      nullableHeaders: nullable(headerRecord(request)),
      nullableParams: nullable(params),
      nullableQuery: nullable(query),
      ...(body.length > 0 ? { body: { bytes: body } } : {}),
    },
  };
}

function nullable(record: Record<string, string>): Record<string, RpcNullableString> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, { value }]));
}

/** Writes the return value of a function. Without one: 204 (platform docs: HTTP output, Functions 2.x and later). */
export function writeRpcResponse(response: ServerResponse, data: RpcTypedData | null | undefined): void {
  const http = data?.http;
  if (!http) {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, value);
  const cookies = (http.cookies ?? []).map(serializeCookie);
  if (cookies.length > 0) response.appendHeader('set-cookie', cookies);
  response.statusCode = Number(http.statusCode ?? 200);
  const body = bodyBytes(http.body);
  const mayHaveBody = response.statusCode >= 200 && response.statusCode !== 204 && response.statusCode !== 304;
  // In chunks, as the Functions host sends it.
  if (mayHaveBody && body.length > 0) response.write(body);
  else if (mayHaveBody && response.req.method !== 'HEAD') response.setHeader('content-length', 0);
  response.end();
}

function bodyBytes(body: RpcTypedData | null | undefined): Uint8Array {
  if (body?.bytes) return body.bytes;
  return Buffer.from(body?.string ?? body?.json ?? '');
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' } as const;

function serializeCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`];
  const seconds = cookie.expires?.value?.seconds;
  if (seconds) parts.push(`expires=${new Date(seconds * 1000).toUTCString()}`);
  if (cookie.maxAge?.value !== null && cookie.maxAge?.value !== undefined) parts.push(`max-age=${cookie.maxAge.value}`);
  if (cookie.domain?.value) parts.push(`domain=${cookie.domain.value}`);
  parts.push(`path=${cookie.path?.value ?? '/'}`);
  if (cookie.secure?.value) parts.push('secure');
  if (cookie.sameSite && cookie.sameSite !== 'none') parts.push(`samesite=${SAME_SITE[cookie.sameSite].toLowerCase()}`);
  if (cookie.httpOnly?.value) parts.push('httponly');
  return parts.join('; ');
}
