import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { collect } from './base/http-client.ts';
import { noRoute, Refusal } from './base/refusal.ts';
import { controlRoutes, publishedRoutes } from './control/routes.ts';
import { answerError } from './http/answer.ts';
import type { Env } from './http/env.ts';
import { pageRoutes } from './phone-server/page-files.ts';
import { phoneRoutes } from './phone-server/routes.ts';
import type { Current } from './service/current.ts';
import { routes2021 } from './wire-2021/routes.ts';
import { routesAccess } from './wire-access/routes.ts';
import { routesGa } from './wire-ga/routes.ts';

const MAX_BODY_BYTES = 1_000_000;

/** Longer than clients keep a connection open, so that no connection closes just as a request arrives. */
const KEEP_ALIVE_MS = 120_000;

/** The HTTP server: operations under /calling, assignments under /access, the control API under /simulator, the phone page at /phone. */
export function createServer(current: () => Current): http.Server {
  const app = new Hono<Env>();
  app.onError(answerError);
  app.notFound((c) => answerError(noRoute(`${c.req.method} ${c.req.path}`), c));
  app.use(async (c, next) => {
    const requestId = randomUUID();
    c.header('x-ms-request-id', requestId);
    c.set('requestId', requestId);
    c.set('current', current());
    mustBeReadable(c.env.incoming.url);
    c.set('raw', await readBody(c.env.incoming));
    await next();
  });
  for (const routes of [publishedRoutes, routesGa, routesAccess, routes2021, controlRoutes, phoneRoutes, pageRoutes]) {
    app.route('/', routes);
  }
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
}

/** @throws Refusal (413) if the body is too large. */
async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  return collect(request, MAX_BODY_BYTES).catch(() => {
    throw tooLarge();
  });
}

const tooLarge = (): Refusal =>
  new Refusal(413, 'BodyTooLarge', `The body is longer than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });

/** @throws Refusal (404) if the path cannot be decoded. */
function mustBeReadable(url = '/'): void {
  try {
    decodeURIComponent(new URL(url, 'http://simulator').pathname);
  } catch {
    throw noRoute('this address');
  }
}
