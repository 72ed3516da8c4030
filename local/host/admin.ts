import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody } from './http-messages.ts';
import { accessOf, type Keys } from './http-trigger.ts';
import type { FunctionListing } from './listing.ts';

/** Bytes. */
const BODY_LIMIT = 1024 * 1024;
/** The status for a key that does not open the admin API. */
const REFUSALS: Readonly<Record<string, number>> = { none: 401, function: 403 };
const RunRequest = z.looseObject({ input: z.unknown().optional() });

/** A function that the admin API can run. */
export type AdminFunction = {
  listing: FunctionListing;
  runByHand(input: string): Promise<unknown>;
};

/**
 * The host's own endpoints (platform docs: "Manually run a non HTTP-triggered function"): `GET /admin/functions`,
 * `POST /admin/functions/{name}` with `{"input": …}`, `GET /admin/host/status`. They need the admin key; a function key is
 * 403.
 */
export class AdminApi {
  readonly #functions: ReadonlyMap<string, AdminFunction>;
  readonly #keys: Keys;

  constructor(functions: readonly AdminFunction[], keys: Keys) {
    // In Azure function names are not case-sensitive.
    this.#functions = new Map(functions.map((entry) => [entry.listing.name.toLowerCase(), entry]));
    this.#keys = keys;
  }

  /** Answers a request under `/admin`. @returns false for any other path. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const [, admin, area, name, ...rest] = path.replace(/\/$/, '').split('/');
    if (admin?.toLowerCase() !== 'admin') return false;
    const refusal = REFUSALS[accessOf(request, this.#keys)];
    if (refusal !== undefined) return reply(response, refusal);
    if (rest.length > 0) return reply(response, 404);

    const target = `${request.method} ${area}${name === undefined ? '' : '/*'}`;
    if (target === 'GET host/*' && (name === 'status' || name === 'ping'))
      return reply(response, 200, { state: 'Running' });
    const listings = [...this.#functions.values()].map((entry) => entry.listing);
    if (target === 'GET functions') return reply(response, 200, listings);

    const chosen = name === undefined ? undefined : this.#functions.get(name.toLowerCase());
    if (!chosen) return reply(response, 404);
    if (target === 'GET functions/*') return reply(response, 200, chosen.listing);
    if (target === 'POST functions/*') return this.#run(chosen, request, response);
    return reply(response, 404);
  }

  async #run(chosen: AdminFunction, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const body = Buffer.from(await readBody(request, BODY_LIMIT)).toString('utf8');
    const input = parseInput(body);
    if (input === undefined) return reply(response, 400, { message: 'Expected a JSON object {"input": …}.' });
    // The caller does not wait for the function. The invoker logs a failure.
    chosen.runByHand(input).catch(() => undefined);
    return reply(response, 202);
  }
}

/** The input as the text of a queue message; undefined if the body is not a run request. */
function parseInput(body: string): string | undefined {
  if (body.trim() === '') return '';
  try {
    const { input } = RunRequest.parse(JSON.parse(body));
    if (input === undefined || input === null) return '';
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, status: number, content?: unknown): true {
  const body = content === undefined ? '' : JSON.stringify(content);
  if (body !== '') response.setHeader('content-type', 'application/json');
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
  return true;
}
