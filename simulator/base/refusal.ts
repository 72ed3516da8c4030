import type { z } from 'zod';
import { problemsOf } from '../../src/lib/base/problems.ts';

/** The HTTP statuses that errors are answered with. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 413 | 429 | 500;

/** A request that is answered with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: ErrorStatus;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ErrorStatus, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** 400 with its own code: the target does not exist, or is not in a state that allows the request. */
export const notNow = (code: string, message: string): Refusal => new Refusal(400, code, message);

export const noRoute = (what: string): Refusal => new Refusal(404, 'NotFound', `There is nothing at ${what}`);

export const tooMany = (code: string, message: string, retryAfterSeconds: number): Refusal =>
  new Refusal(429, code, message, { 'retry-after': String(retryAfterSeconds) });

/**
 * Checks a value against its schema.
 * @throws Refusal that names each wrong field.
 */
export function checked<Output>(schema: z.ZodType<Output>, body: unknown, what = 'The body does not fit'): Output {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw notNow('InvalidRequest', `${what}: ${problemsOf(parsed.error).join('; ')}`);
}
