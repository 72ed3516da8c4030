import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpFunction } from './bindings.ts';
import { BodyTooLarge, headerRecord, readBody, requestUrl, toRpcRequest, writeRpcResponse } from './http-messages.ts';
import { serveStreamed } from './http-stream.ts';
import type { Invoker } from './invocation.ts';
import type { Log } from './log.ts';
import { RouteTable } from './routes.ts';
import type { Settings } from './settings.ts';

/** The key that opens functions and the admin API here, unless another is chosen. */
export const defaultFunctionKey = 'local';

/** Platform docs: HTTP trigger limits; the app setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT (bytes) changes it. */
const defaultBodyLimit = 100 * 1024 * 1024;

/** Keys of this host. */
export interface Keys {
  key: string;
  /** False leaves every door open, as Core Tools does. */
  enforced: boolean;
}

/** True if the request carries the key (platform docs: header `x-functions-key`, or `?code=`). */
export function hasKey(request: IncomingMessage, keys: Keys): boolean {
  if (!keys.enforced) return true;
  const given = request.headers['x-functions-key'] ?? requestUrl(request).searchParams.get('code');
  return given === keys.key;
}

/** The path of a function under the host's address, as `func start` lists it. */
export function routePath(bound: HttpFunction, routePrefix: string): string {
  const route = (bound.route || bound.name).replace(/^\/+/, '');
  return routePrefix === '' ? `/${route}` : `/${routePrefix}/${route}`;
}

/** Serves HTTP-triggered functions; false from {@link serve} means that no function has that route. */
export class HttpTrigger {
  readonly #routes = new RouteTable<HttpFunction>();
  readonly #invoker: Invoker;
  readonly #keys: Keys;
  readonly #log: Log;
  readonly #streamUri: string | undefined;
  readonly #bodyLimit: number;

  constructor(options: {
    functions: readonly HttpFunction[];
    routePrefix: string;
    invoker: Invoker;
    keys: Keys;
    log: Log;
    settings: Settings;
    streamUri: string | undefined;
  }) {
    this.#invoker = options.invoker;
    this.#keys = options.keys;
    this.#log = options.log;
    this.#streamUri = options.streamUri;
    this.#bodyLimit = Number(options.settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] || defaultBodyLimit);
    for (const bound of options.functions) {
      const path = routePath(bound, options.routePrefix);
      if (/^\/(admin|runtime)(\/|$)/i.test(path)) {
        throw new Error(`Function ${bound.name}: the route ${path} conflicts with one of the host's own.`);
      }
      this.#routes.add(path, bound.methods, bound);
    }
  }

  /** Answers a request if it is a function's. A wrong method is 404, not 405, as on the Functions host. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const match = this.#routes.match(request.method ?? 'GET', path);
    if (!match) return false;
    const bound = match.target;
    if (bound.authLevel !== 'anonymous' && !hasKey(request, this.#keys)) {
      response.writeHead(401, { 'content-length': 0 }).end();
      return true;
    }
    try {
      await this.#run(bound, match.params, request, response);
    } catch (error) {
      if (error instanceof BodyTooLarge) refuseBody(request, response);
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
    const { invoker, streamUri, bodyLimit } = {
      invoker: this.#invoker,
      streamUri: this.#streamUri,
      bodyLimit: this.#bodyLimit,
    };
    if (streamUri) return serveStreamed({ streamUri, bound, params, request, response, invoker, bodyLimit });

    const body = await readBody(request, bodyLimit);
    const headers = headerRecord(request);
    const outcome = await invoker.invoke(bound, {
      data: toRpcRequest(request, params, body),
      traceParent: headers['traceparent'],
      traceState: headers['tracestate'],
    });
    writeRpcResponse(response, outcome.response.returnValue);
  }

  /** A failed function is a 500 without a body, as in Azure: nothing of the error leaves the host. */
  #fail(bound: HttpFunction, response: ServerResponse, error: unknown): void {
    this.#log.debug(`[${bound.name}] answers 500: ${error instanceof Error ? error.message : String(error)}`);
    if (response.headersSent) response.destroy();
    else {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.writeHead(500, { 'content-length': 0 }).end();
    }
  }
}

/** Refuses a body that is too large, and still reads on a while so that the caller gets the answer and not a reset. */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(413, { connection: 'close', 'content-length': 0 });
  response.flushHeaders();
  const end = () => response.end();
  const timer = setTimeout(end, 2_000);
  request.once('close', () => clearTimeout(timer));
  request.once('end', end).resume();
}
