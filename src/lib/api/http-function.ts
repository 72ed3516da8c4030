import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import { InvalidInputError } from '../base/errors.ts';
import { problemsOf } from '../base/problems.ts';
import type { Services } from '../services/services.ts';
import type { HttpFunction } from '../triggers/functions.ts';
import { answering } from '../triggers/http.ts';
import type { Operation } from './operation.ts';

type Asked<Params extends z.ZodObject, Query extends z.ZodObject> = {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly request: HttpRequest;
  readonly context: InvocationContext;
};

/**
 * The HTTP function of an operation.
 * @param handler gets the route and query parameters parsed; it reads the body itself. Errors it throws become problem
 * details.
 */
export function httpFunction<Params extends z.ZodObject, Query extends z.ZodObject>(
  { method, isHeadToo, route, isAnonymous, params, query }: Operation<Params, Query>,
  handler: (services: Services, asked: Asked<Params, Query>) => Promise<HttpResponseInit>,
): HttpFunction {
  return {
    kind: 'http',
    options: {
      methods: isHeadToo ? [method, 'HEAD'] : [method],
      route,
      authLevel: isAnonymous ? 'anonymous' : 'function',
    },
    handlerFor: (services) =>
      answering(async (request, context) => {
        const answer = await handler(services, {
          params: parsed(params, request.params),
          query: parsed(query, Object.fromEntries(request.query)),
          request,
          context,
        });
        // Somebody may be due by the change.
        if (method !== 'GET' && route.startsWith('outages')) services.wake(services.now());
        return answer;
      }),
  };
}

function parsed<Schema extends z.ZodObject>(schema: Schema, given: object): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new InvalidInputError('The request is invalid', problemsOf(result.error));
}
