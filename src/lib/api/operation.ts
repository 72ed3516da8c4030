import type { HttpMethod } from '@azure/functions';
import type { z } from 'zod';

/** A request body or an answer. */
export type Content = {
  readonly says: string;
  /** The schema of each media type; a string for types other than JSON. Absent: no body. */
  readonly types?: Readonly<Record<string, z.ZodType>>;
};

/** One operation of the HTTP API: method, route, parameters, body and answers. */
export type Operation<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject> = {
  readonly method: HttpMethod;
  /** Answers HEAD too, as monitors ask. The host leaves out the body. */
  readonly isHeadToo?: boolean;
  /** Below /api. */
  readonly route: string;
  /** No function key is needed. */
  readonly isAnonymous?: boolean;
  readonly does: string;
  /** The parameters in the route, in braces there. */
  readonly params: Params;
  readonly query: Query;
  readonly body?: Content;
  readonly answers: Readonly<Record<number, Content>>;
  /** Reasons for a refusal, by status. The body is problem details (RFC 9457). */
  readonly refusals?: Readonly<Record<number, string>>;
};

/** Infers the types of the parameters. */
export const operation = <Params extends z.ZodObject, Query extends z.ZodObject>(
  it: Operation<Params, Query>,
): Operation<Params, Query> => it;

/** Status 401, which the host answers without a body. */
export const WRONG_KEY = 'The function key is missing or wrong.';

/** Reasons for a refusal, by status, including invalid input if the operation takes any. */
export function refusalsOf({ params, query, body, refusals }: Operation): Readonly<Record<number, string>> {
  const isAsked = body !== undefined || Object.keys({ ...params.shape, ...query.shape }).length > 0;
  return { ...(isAsked && { 400: 'The request is invalid: `errors` names each field.' }), ...refusals };
}
