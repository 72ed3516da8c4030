import { z } from 'zod';
import { type Content, type Operation, operation } from './operation.ts';

/** Shortcuts for what many operations have in common. */

export const NO_PARAMETERS = z.object({});
type None = typeof NO_PARAMETERS;

/** An operation without parameters in its route or query. */
export const plain = (it: Omit<Operation, 'params' | 'query'>): Operation<None, None> =>
  operation({ ...it, params: NO_PARAMETERS, query: NO_PARAMETERS });

/** An operation with parameters in its route, and none in its query. */
export const byRoute = <Params extends z.ZodObject>(it: Omit<Operation<Params>, 'query'>): Operation<Params, None> =>
  operation({ ...it, query: NO_PARAMETERS });

export const json = (says: string, schema: z.ZodType): Content => ({ says, types: { 'application/json': schema } });

/** A text body of one of these media types. */
export const text = (says: string, ...types: readonly string[]): Content => ({
  says,
  types: Object.fromEntries(types.map((type) => [type, z.string()])),
});
