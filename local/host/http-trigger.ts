import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpFunction } from './bindings.ts';
import { BodyTooLarge, headerRecord, readBody, requestUrl, toRpcRequest, writeRpcResponse } from './http-messages.ts';
import { serveStreamed } from './http-stream.ts';
import type { Invoker } from './invocation.ts';
import type { Log } from './log.ts';
import { RouteTable } from './routes.ts';
import type { Settings } from './settings.ts';

/** The default key for functions and the admin API. */
export const DEFAULT_FUNCTION_KEY = 'local';

/** Bytes (platform docs: HTTP trigger limits). The app setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT overrides it. */
const DEFAULT_BODY_LIMIT = 100 * 1024 * 1024;

/** Who may call the functions. */
export type Keys = {
  key: string;
  /** If false, requests need no key, as with Core Tools. */
  enforced: boolean;
};

/** Whether the request has the key (platform docs: header `x-functions-key`, or `?code=`). */
export function hasKey(request: IncomingMessage, keys: Keys): boolean {
  if (!keys.enforced) return true;
  const given = request.headers['x-functions-key'] ?? requestUrl(request).searchParams.get('code');
  return given === keys.key;
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

/** Answers 413, and reads on for a while: otherwise the caller would get a connection reset instead of the answer. */
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
