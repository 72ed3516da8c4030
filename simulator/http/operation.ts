import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { timestamp } from '../base/clock.ts';
import { noRoute, notNow, Refusal, tooMany } from '../base/refusal.ts';
import type { Exchange } from '../service/exchange.ts';
import type { OperationRecord, RequestRecord } from '../service/records.ts';
import type { World } from '../service/world.ts';
import { answerError, answerLost } from './answer.ts';
import type { Api } from './api.ts';
import { jsonOrText, readJson } from './body.ts';
import type { Env } from './env.ts';
import { verifySignature } from './signature.ts';

/**
 * Middleware that every operation of an API starts with. It checks the signature, the version and that the body is
 * JSON, in this order. It applies the faults, and records the request and the operation.
 */
export const operation = <Name extends string>(api: Api<Name>, name: Name) =>
  recorded(api, name, async (c, next) => {
    checkVersion(c.req.query('api-version'), api);
    const note = notebook(c, name);
    try {
      strike(c.var.current.world, name);
      readJson(c.var.raw);
      await next();
    } catch (error) {
      c.res = answerError(error, c);
    }
    note(c.res.status, c.var.code);
    if (c.var.code === undefined && c.var.current.world.faults.strikes('answerLost', name)) answerLost(c);
  });

/** Answers 404 to a signed request that is none of the API's operations. */
export const noOperation = (api: Api) =>
  recorded(api, null, async (c) => {
    throw noRoute(`${c.req.method} ${urlOf(c).pathname}`);
  });

/** Checks the signature, does `run`, and records the request even if it fails. */
const recorded = (api: Api, name: string | null, run: (c: Context<Env>, next: () => Promise<void>) => Promise<void>) =>
  createMiddleware<Env>(async (c, next) => {
    c.set('api', api);
    const { current, raw, requestId } = c.var;
    const record: RequestRecord = {
      operation: name,
      method: c.req.method,
      path: urlOf(c).pathname,
      query: Object.fromEntries(urlOf(c).searchParams),
      body: jsonOrText(raw),
      at: timestamp(),
      requestId,
      status: null,
    };
    try {
      verifySignature(c.env.incoming, raw, current.world.options.key);
      await run(c, next);
    } catch (error) {
      c.res = answerError(error, c);
    }
    if (!c.var.isLost) record.status = c.res.status;
    if (c.var.code !== undefined) record.code = c.var.code;
    current.world.records.asked(record);
  });

const urlOf = (c: Context<Env>): URL => new URL(c.env.incoming.url ?? '/', 'http://simulator');

/** Faults that keep an operation from being carried out. */
function strike(world: World, name: string): void {
  const throttled = world.faults.strikes('throttled', name);
  if (throttled) throw tooMany('TooManyRequests', 'Throttled by the fault "throttled"', throttled.retryAfterSeconds);
  if (world.faults.strikes('failed', name)) {
    throw new Refusal(500, 'InternalServerError', 'Failed by the fault "failed"');
  }
}

/** Writes an operation on the record of its call. The call is looked up first, because the operation may end it. */
function notebook(c: Context<Env>, operation: string) {
  const leg = legOf(c.var.current.exchange, c);
  const at = timestamp();
  const sent = jsonOrText(c.var.raw);
  const context = typeof sent === 'object' && sent && 'operationContext' in sent ? sent.operationContext : null;
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

function legOf(exchange: Exchange, c: Context<Env>) {
  const callLegId = c.req.param('callLegId');
  if (callLegId !== undefined) return exchange.findLeg(withoutAction(callLegId));
  const conversationId = c.req.param('conversationId');
  return conversationId === undefined ? undefined : exchange.findOldestLegOf(conversationId);
}

/** Today's API writes the action behind the id, in the same segment of the path: `{id}:play`. */
export const withoutAction = (segment: string): string => segment.replace(/:\w+$/, '');

function checkVersion(version: string | undefined, { isVersion, versions }: Api): void {
  if (isVersion(version)) return;
  throw notNow('UnsupportedApiVersion', `The query must contain api-version=${versions}`);
}
