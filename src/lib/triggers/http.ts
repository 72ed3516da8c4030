import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import {
  ConfigurationError,
  InvalidInputError,
  RingdownError,
  TooLargeError,
  UnsupportedError,
} from '../base/errors.ts';
import { notJson, textOf } from '../base/json-text.ts';
import { masked } from '../base/masking.ts';
import { reported } from '../base/reported.ts';

/**
 * Turns errors into problem details (RFC 9457); nothing else does. The detail of a 5xx goes to the log, not to the
 * caller, unless it is about the settings: those messages name the settings without their values.
 */
export function answering(
  handler: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
): typeof handler {
  return async (request, context) => {
    try {
      return unstored(await handler(request, context));
    } catch (error) {
      const status = error instanceof RingdownError ? error.httpStatus : 500;
      if (status >= 500) context.error(reported(error));
      else context.info(`${status} ${describe(error)}`);
      const isInternal = status >= 500 && !(error instanceof ConfigurationError);
      return unstored(problem(status, isInternal ? 'Internal error; try again' : describe(error), error));
    }
  };
}

/** Answers with data are kept nowhere on the way and taken for nothing else. The page's own files say otherwise. */
const unstored = (answer: HttpResponseInit): HttpResponseInit => ({
  ...answer,
  headers: {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...Object.fromEntries(new Headers(answer.headers)),
  },
});

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function problem(status: number, detail: string, error: unknown): HttpResponseInit {
  const hasProblems = error instanceof InvalidInputError || error instanceof ConfigurationError;
  const errors = hasProblems ? { errors: error.problems } : {};
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
  413: 'Content too large',
  415: 'Unsupported media type',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
};

/** Bytes. A declaration takes a few kilobytes, and a row of Table Storage holds at most 1 MiB. */
const MAX_JSON = 1_000_000;

/** @throws InvalidInputError if the body is not JSON; TooLargeError if it is larger than 1 MB. */
export const jsonBody = async (request: HttpRequest): Promise<unknown> => parsed(await textBody(request));

/** The same, for an optional body: an empty one is an empty object. */
export async function optionalJsonBody(request: HttpRequest): Promise<unknown> {
  const text = await textBody(request);
  return text.trim() === '' ? {} : parsed(text);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InvalidInputError('The request is invalid', [`body: ${notJson(json)}`], { cause });
  }
}

async function textBody(request: HttpRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(request, MAX_JSON)) chunks.push(chunk);
  return textOf(Buffer.concat(chunks));
}

/**
 * The body, chunk by chunk. The limit must be lower than that of the Functions host, which reads a body whole and
 * answers 500 to more than 100 MiB (https://github.com/Azure/azure-functions-host/issues/10519).
 * @param limit bytes.
 * @param advice what to do about a body that is too long.
 * @throws TooLargeError before it reads anything if `content-length` is over the limit, otherwise at the limit.
 */
export async function* bodyChunks(request: HttpRequest, limit: number, advice?: string): AsyncGenerator<Uint8Array> {
  mustFit(Number(request.headers.get('content-length') ?? 0), limit, advice);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    mustFit(length, limit, advice);
    yield chunk;
  }
}

function mustFit(length: number, limit: number, advice: string | undefined): void {
  if (length <= limit) return;
  throw new TooLargeError(
    `The body is larger than ${limit / 1_000_000} MB${advice === undefined ? '' : `: ${advice}`}`,
  );
}

/** @throws UnsupportedError if the body is compressed. */
export function mustBePlain(request: HttpRequest): void {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return;
  throw new UnsupportedError(
    `content-encoding: ${masked(encoding.slice(0, 40))} is not supported; send the body uncompressed`,
  );
}

/** The charset of the content type, if it has one. */
export const charsetOf = (request: HttpRequest): string | undefined =>
  /;\s*charset="?([^\s";]+)/i.exec(request.headers.get('content-type') ?? '')?.[1];

/** @returns the media type of the body, without parameters. @throws InvalidInputError if it is none of these. */
export function bodyType<Type extends string>(request: HttpRequest, types: readonly Type[]): Type {
  const given = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const type = types.find((each) => each === given);
  if (type === undefined) {
    throw new InvalidInputError('The request is invalid', [`content-type: must be ${types.join(' or ')}`]);
  }
  return type;
}
