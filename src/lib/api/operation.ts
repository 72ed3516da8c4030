import type { HttpMethod } from '@azure/functions';
import type { z } from 'zod';

/** What an answer, or a body that is sent, is. */
export type Content = {
  readonly says: string;
  /** By type: what `application/json` must fit, or a string for what is no JSON. None: there is no body. */
  readonly types?: Readonly<Record<string, z.ZodType>>;
};

/** One operation of the HTTP API: what its function is registered with, what it takes and what it answers. */
export type Operation<Params extends z.ZodObject = z.ZodObject, Query extends z.ZodObject = z.ZodObject> = {
  readonly method: HttpMethod;
  /** Under /api. */
  readonly route: string;
  /** Anybody may ask. By default only who has the function key. */
  readonly isAnonymous?: boolean;
  readonly does: string;
  /** The parts of the route in braces. */
  readonly params: Params;
  readonly query: Query;
  readonly body?: Content;
  readonly answers: Readonly<Record<number, Content>>;
  /** Why it may be refused, by status: problem details. */
  readonly refusals?: Readonly<Record<number, string>>;
};

/** Keeps the types of the parameters. */
export const operation = <Params extends z.ZodObject, Query extends z.ZodObject>(
  it: Operation<Params, Query>,
): Operation<Params, Query> => it;

/** Told by the host, without a body: status 401. */
export const WRONG_KEY = 'The key is missing or wrong.';

/** Why an operation may be refused, also for what it was asked: problem details. */
export function refusalsOf({ params, query, body, refusals }: Operation): Readonly<Record<number, string>> {
  const isAsked = body !== undefined || Object.keys({ ...params.shape, ...query.shape }).length > 0;
  return { ...(isAsked && { 400: 'What was sent is not understood: `errors` names each field.' }), ...refusals };
}
