import { createMiddleware } from 'hono/factory';
import type { z } from 'zod';
import { checked, notNow } from '../base/refusal.ts';
import type { Env } from './env.ts';

/**
 * Middleware: checks the request body against a schema. The handler gets it, typed, from `c.req.valid('json')`.
 * The content type does not matter. Throws a Refusal that names each wrong field.
 */
export const body = <Output extends object>(schema: z.ZodType<Output>) =>
  createMiddleware<Env, string, { in: { json: Output }; out: { json: Output } }>(async (c, next) => {
    c.req.addValidatedData('json', checked(schema, readJson(c.var.raw)));
    await next();
  });

/** @throws Refusal unless the body is JSON or empty. */
export function readJson(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw notNow('InvalidJson', 'The body is not JSON');
  }
}

export function jsonOrText(raw: Buffer): unknown {
  try {
    return readJson(raw);
  } catch {
    return raw.toString('utf8');
  }
}
