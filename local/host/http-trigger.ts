import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpFunction } from './bindings.ts';
import { BodyTooLarge, headerRecord, readBody, requestUrl, toRpcRequest, writeRpcResponse } from './http-messages.ts';
import type { Invoker } from './invocation.ts';
import type { Log } from './log.ts';
import { RouteTable } from './routes.ts';
import type { Settings } from './settings.ts';

/** The default key for functions. */
export const DEFAULT_FUNCTION_KEY = 'local';

/** The default admin key, which opens the host's own endpoints too. */
export const DEFAULT_ADMIN_KEY = 'local-admin';

/** Bytes (platform docs: HTTP trigger limits). The app setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT overrides it. */
const DEFAULT_BODY_LIMIT = 100 * 1024 * 1024;

/** Longest path with query, in characters: longer ones are 414 (Kestrel, MaxRequestLineSize). */
const MAX_URL = 8 * 1024;

/** Who may call the functions. */
export type Keys = {
  key: string;
  adminKey: string;
  /** If false, requests need no key, as with Core Tools. */
  enforced: boolean;
};

/**
 * What the request's key allows, in upper or lower case (platform docs: header `x-functions-key`, or `?code=`). The
 * admin key opens everything.
 */
export function accessOf(request: IncomingMessage, keys: Keys): 'none' | 'function' | 'admin' {
  if (!keys.enforced) return 'admin';
  const given = request.headers['x-functions-key'] ?? requestUrl(request).searchParams.get('code');
  const key = typeof given === 'string' ? given.toLowerCase() : undefined;
  if (key === keys.adminKey.toLowerCase()) return 'admin';
  return key === keys.key.toLowerCase() ? 'function' : 'none';
}

function mayCall({ authLevel }: HttpFunction, access: ReturnType<typeof accessOf>): boolean {
  return authLevel === 'anonymous' || access === 'admin' || (authLevel === 'function' && access === 'function');
}

/** The path of a function, as `func start` lists it. */
export function routePath(bound: HttpFunction, routePrefix: string): string {
  const route = (bound.route || bound.name).replace(/^\/+/, '');
  return routePrefix === '' ? `/${route}` : `/${routePrefix}/${route}`;
}

/** Serves the functions with an HTTP trigger. */
export class HttpTrigger {
  readonly #routes = new RouteTable<HttpFunction>();
  readonly #invoker: Invoker;
  readonly #keys: Keys;
  readonly #log: Log;
  readonly #bodyLimit: number;

  constructor(options: {
    functions: readonly HttpFunction[];
    routePrefix: string;
    invoker: Invoker;
    keys: Keys;
    log: Log;
    settings: Settings;
  }) {
    this.#invoker = options.invoker;
    this.#keys = options.keys;
    this.#log = options.log;
    this.#bodyLimit = Number(options.settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] || DEFAULT_BODY_LIMIT);
    for (const bound of options.functions) {
      const path = routePath(bound, options.routePrefix);
      if (/^\/(admin|runtime)(\/|$)/i.test(path)) {
        throw new Error(`Function ${bound.name}: the route ${path} is reserved for the host. Choose another route.`);
      }
      this.#routes.add(path, bound.methods, bound);
    }
  }

  /**
   * Answers a request if a function has its route. A wrong method is 404, not 405, as on the Functions host.
   * @returns false if no function has this route.
   */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    // The server of the Functions host refuses these before it looks for a function.
    if (/%00/.test(path)) return refused(response, 400);
    if ((request.url ?? '').length > MAX_URL) return refused(response, 414);
    const match = this.#routes.match(request.method ?? 'GET', path);
    if (!match) return false;
    const bound = match.target;
    if (!mayCall(bound, accessOf(request, this.#keys))) return refused(response, 401);
    try {
      await this.#run(bound, match.params, request, response);
    } catch (error) {
      if (error instanceof BodyTooLarge) refuse(request, response, 500);
      else this.#fail(bound, response, error);
    }
    return true;
  }

  async #run(
    bound: HttpFunction,
    params: Record<string, string>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request, this.#bodyLimit);
    const headers = headerRecord(request);
    const answer = await this.#invoker.invoke(bound, {
      data: toRpcRequest(request, params, body),
      traceParent: headers['traceparent'],
      traceState: headers['tracestate'],
    });
    writeRpcResponse(response, answer.returnValue);
  }

  /** Answers 500 without a body, as in Azure: the error must not leave the host. */
  #fail(bound: HttpFunction, response: ServerResponse, error: unknown): void {
    this.#log.debug(`[${bound.name}] answers 500: ${error instanceof Error ? error.message : String(error)}`);
    if (response.headersSent) response.destroy();
    else {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.writeHead(500, { 'content-length': 0 }).end();
    }
  }
}

function refused(response: ServerResponse, status: number): true {
  response.writeHead(status, { 'content-length': 0 }).end();
  return true;
}

/**
 * Answers without a body, and reads on for a while: otherwise the caller would get a connection reset instead of the
 * answer. A body above the limit is 500, not 413 (https://github.com/Azure/azure-functions-host/issues/10519).
 */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { connection: 'close', 'content-length': 0 });
  response.flushHeaders();
  const end = () => response.end();
  const timer = setTimeout(end, 2_000);
  request.once('close', () => clearTimeout(timer));
  request.once('end', end).resume();
}
