import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { InvalidInputError, RingdownError } from './errors.ts';

/** The one place where an error becomes an HTTP answer: problem details (RFC 9457). A 5xx hides its detail, and logs it. */
export function answering(
  handler: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      const status = error instanceof RingdownError ? error.httpStatus : 500;
      if (status >= 500) context.error(error);
      else context.info(`${status} ${describe(error)}`);
      return problem(status, status >= 500 ? 'Ours to blame; try again' : describe(error), error);
    }
  };
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function problem(status: number, detail: string, error: unknown): HttpResponseInit {
  const errors = error instanceof InvalidInputError ? { errors: error.problems } : {};
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, ...errors }),
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  404: 'Not found',
  409: 'Conflict',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
};

/** @throws InvalidInputError if the body is no JSON. */
export async function jsonBody(request: HttpRequest): Promise<unknown> {
  try {
    return await request.json();
  } catch (cause) {
    throw new InvalidInputError('The body is not readable', ['it must be JSON'], { cause });
  }
}

/** The same for a body that may be left out: then it is an empty object. */
export async function optionalJsonBody(request: HttpRequest): Promise<unknown> {
  const text = await request.text();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError('The body is not readable', ['it must be JSON'], { cause });
  }
}
