import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from '../base/refusal.ts';

/**
 * The HMAC-SHA256 signature of Azure Communication Services:
 * https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial
 */

const FIFTEEN_MINUTES = 15 * 60_000;
const REQUIRED = ['x-ms-date', 'host', 'x-ms-content-sha256'];

const unauthorized = (message: string): Refusal => new Refusal(401, 'Unauthorized', message);

/**
 * Checks that the sender of a request has the access key.
 * @throws Refusal (401) that says what is wrong.
 */
export function verifySignature(request: IncomingMessage, body: Buffer, key: string, now = Date.now()): void {
  const { names, signature } = readAuthorization(request.headers.authorization);
  const missing = REQUIRED.find((name) => !names.includes(name) || headerOf(request, name) === '');
  if (missing) throw unauthorized(`The header ${missing} is missing or not signed`);
  const off = Math.abs(now - Date.parse(headerOf(request, 'x-ms-date')));
  // Written this way, it also refuses a date that cannot be parsed.
  if (!(off <= FIFTEEN_MINUTES)) throw unauthorized('x-ms-date is more than 15 minutes off');
  const hash = createHash('sha256').update(body).digest('base64');
  if (!same(hash, headerOf(request, 'x-ms-content-sha256'))) {
    throw unauthorized('x-ms-content-sha256 is not the hash of the body');
  }
  const signedHeaders = names.map((name) => headerOf(request, name)).join(';');
  const right = pathsOf(request).some((path) =>
    same(sign(key, `${request.method}\n${path}\n${signedHeaders}`), signature),
  );
  if (!right) throw unauthorized('The signature does not match');
}

const sign = (key: string, text: string): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');

/** Signers use the path and query as sent, or encode the query again, as the JavaScript library does. */
function pathsOf(request: IncomingMessage): string[] {
  const sent = request.url ?? '/';
  const { pathname, searchParams } = new URL(sent, 'http://simulator');
  return [sent, searchParams.size ? `${pathname}?${searchParams}` : pathname];
}

function readAuthorization(header = ''): { names: string[]; signature: string } {
  const [, names = '', signature = ''] = /^HMAC-SHA256 SignedHeaders=([^&]+)&Signature=(.+)$/.exec(header) ?? [];
  if (!signature) throw unauthorized('The Authorization header is not HMAC-SHA256 SignedHeaders=…&Signature=…');
  return { names: names.toLowerCase().split(';'), signature };
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** Compares in constant time. Hashes first, so that the lengths do not leak either. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
